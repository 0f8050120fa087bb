// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/checks.h"

#include "base/text.h"
#include "os/clock.h"

namespace amphid {

Checks::Checks(Loop& loop, const Plan& plan, ActivationFacts& activation, EventQueue& events,
               Subject& subject, Upstream& upstream, Log& log)
    : plan_(plan), activation_(activation), events_(events), subject_(subject), upstream_(upstream),
      log_(log), watchdog_(plan.manager_watchdog, !plan.health.checks.empty()),
      name_(loop, events, log, plan.name),
      conditions_source_(loop, Turn::checks, [this] { look_at_conditions(monotonic_now()); }),
      health_source_(loop, Turn::checks, [this] { look_at_health(monotonic_now()); }),
      watchdog_source_(loop, Turn::checks, [this] { look_at_watchdog(monotonic_now()); }) {}

void Checks::begin_activation() {
    if (!plan_.ready.conditions.empty()) {
        if (!conditions_) {
            constexpr TimeSpan longest_try = seconds(10);
            conditions_.emplace(plan_.ready.conditions, subject_, longest_try);
        }
        conditions_->begin();
    }
    if (!plan_.health.checks.empty()) {
        make_health_check();
        health_->prepare();
    }
}

void Checks::make_health_check() {
    if (!health_) {
        health_.emplace(plan_.health, subject_);
    }
}

void Checks::ask(TimeSpan now) {
    asking_ = true;
    conditions_source_.on(conditions_->fd());
    conditions_->ask(plan_.ready.interval, now);
    judge_conditions();
}

void Checks::look_at_conditions(TimeSpan now) {
    conditions_->look(now);
    judge_conditions();
}

void Checks::judge_conditions() {
    if (!asking_) {
        return;
    }
    activation_.met = list_met(conditions_->findings());
    if (is_satisfied(plan_.ready.match, conditions_->findings())) {
        events_.post(ConditionsMet{});
    }
}

void Checks::child_ended(int pid, int status, TimeSpan now) {
    if (conditions_ && conditions_->child_ended(pid, status, now)) {
        judge_conditions();
    } else if (health_ && health_->child_ended(pid, status, now)) {
        look_at_health(now);
    }
}

void Checks::hear(const Line& line) {
    // Lines printed before the conditions are checked count, too.
    if (conditions_ && activation_.ready_usec == 0) {
        conditions_->hear(line);
    }
}

std::vector<Probe::Gift> Checks::gifts() const {
    return conditions_ ? conditions_->gifts() : std::vector<Probe::Gift>();
}

std::string Checks::unmet() const {
    return conditions_ ? list_unmet(plan_.ready.match, conditions_->findings()) : std::string();
}

void Checks::look_at_health(TimeSpan now) {
    switch (health_->look(now)) {
    case HealthCheck::News::none:
        return;
    case HealthCheck::News::passed:
        if (watchdog_.passed()) {
            upstream_.show_life();
        }
        return;
    case HealthCheck::News::failed:
        log_.write(LOG_WARNING, concat(plan_.name, ": health: ", health_->unmet()));
        return;
    case HealthCheck::News::ill:
        fail(concat("ill: ", health_->unmet()));
        return;
    }
}

void Checks::look_at_watchdog(TimeSpan now) {
    switch (watchdog_.look(now)) {
    case Watchdog::News::none:
        return;
    case Watchdog::News::sign_is_due:
        upstream_.show_life();
        return;
    case Watchdog::News::service_is_silent:
        fail("no WATCHDOG=1 in time");
        return;
    }
}

void Checks::pinged(TimeSpan now) {
    if (watchdog_.pinged(now)) {
        upstream_.show_life();
    }
}

void Checks::set_interval(TimeSpan interval, TimeSpan now) {
    activation_.watchdog = interval;
    watchdog_.set_interval(interval, now);
    watchdog_source_.on(watchdog_.fd());
}

/// Under systemd's watchdog it is systemd that acts and logs.
void Checks::fail(const std::string& why) {
    log_.write(LOG_ERR, concat(plan_.name, ": ", why));
    activation_.ailment = why;
    if (watchdog_.manager_watches()) {
        upstream_.trigger_watchdog(why);
    } else {
        events_.post(WatchdogFailed{});
    }
}

void Checks::follow(const Machine& machine, TimeSpan now) {
    if (asking_ && !(machine.asks && machine.state == ServiceState::start)) {
        asking_ = false;
        conditions_->rest();
    }
    const bool up = machine.state == ServiceState::running || is_reloading(machine.state);
    if (up && !watching_) {
        begin_watching(now);
    } else if (!up && watching_) {
        rest();
    }
}

void Checks::begin_watching(TimeSpan now) {
    watching_ = true;
    name_.begin(plan_.ready);
    if (!plan_.health.checks.empty()) {
        make_health_check();
        health_source_.on(health_->fd());
        health_->begin(now);
    }
    watchdog_.begin(activation_.watchdog.value_or(plan_.watchdog), now);
    watchdog_source_.on(watchdog_.fd());
}

void Checks::rest() {
    watching_ = false;
    name_.rest();
    watchdog_.rest();
    if (health_) {
        health_->rest();
    }
}

} // namespace amphid
