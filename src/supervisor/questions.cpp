// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "supervisor/supervisor.h"

// The supervisor's questions: is the service ready, is it well, does it still show signs of life?

namespace amphid {

std::vector<int> Supervisor::ServiceAsSubject::members() const {
    return of_.tree_.members();
}

uid_t Supervisor::ServiceAsSubject::uid() const {
    return of_.plan_.context.credentials.uid.value_or(::geteuid());
}

/// Ours, or where systemd executed us the unit's: we and the service are alone in it.
std::vector<std::uint64_t> Supervisor::ServiceAsSubject::cgroups() const {
    if (of_.tree_.cgroup()) {
        return cgroup_ids(of_.tree_.cgroup().path());
    }
    return of_.plan_.manager == Manager::none ? std::vector<std::uint64_t>()
                                              : cgroup_ids(cgroup_directory_of(::getpid()));
}

Spawned Supervisor::ServiceAsSubject::run(const Command& command) {
    return of_.executor_.start_check(command, of_.own_variables(CommandList::exec_start_post));
}

/// What has to be there before the service is: what it finds is then its own doing.
void Supervisor::prepare_questions() {
    state_.met.clear();
    if (!plan_.ready.conditions.empty()) {
        if (!probes_) {
            constexpr TimeSpan longest_try = seconds(10);
            probes_.emplace(plan_.ready.conditions, subject_, longest_try);
        }
        probes_->begin();
    }
    if (!plan_.health.checks.empty()) {
        make_health_check();
        health_->prepare();
    }
}

void Supervisor::make_health_check() {
    if (!health_) {
        health_.emplace(plan_.health, subject_);
    }
}

void Supervisor::perform(const AskConditions&) {
    if (!probes_watched_) {
        loop_.watch(Source::probes, probes_->fd());
        probes_watched_ = true;
    }
    probes_->ask(plan_.ready.interval);
    heed_probes();
}

bool Supervisor::is_asking() const {
    return machine_.asks && machine_.state == ServiceState::start;
}

void Supervisor::look_at_probes() {
    if (probes_) {
        probes_->look();
        heed_probes();
    }
}

void Supervisor::heed_probes() {
    if (!is_asking()) {
        return;
    }
    const auto& findings = probes_->findings();
    if (auto met = list_met(findings); met != state_.met) {
        state_.met = std::move(met);
        dirty_ = true;
    }
    if (is_satisfied(plan_.ready.match, findings)) {
        post(ConditionsMet{});
        return;
    }
    // In the midst of a step the machine's own note follows.
    note_waiting();
    if (dirty_) {
        publish();
    }
}

/// A child of no role: the program of a check, or an orphan.
void Supervisor::tell_questions_of_end(int pid, int status) {
    if (probes_ && probes_->child_ended(pid, status)) {
        heed_probes();
    } else if (health_ && health_->child_ended(pid, status)) {
        look_at_health();
    }
}

/// What the service prints, where a condition waits for a line of it.
void Supervisor::drain_output() {
    executor_.streams().pump([this](std::string_view line) {
        if (probes_) {
            probes_->hear(line);
        }
    });
}

void Supervisor::look_at_health() {
    if (!health_) {
        return;
    }
    switch (health_->look()) {
    case HealthCheck::News::none:
        return;
    case HealthCheck::News::passed:
        if (watchdog_.passed()) {
            upstream_.show_life();
        }
        return;
    case HealthCheck::News::failed:
        handles_.log.write(LOG_WARNING,
                           concat(state_.name, ": health: ", printable(health_->unmet())));
        return;
    case HealthCheck::News::ill:
        watchdog_failed(concat("ill: ", health_->unmet()));
        return;
    }
}

void Supervisor::look_at_watchdog() {
    switch (watchdog_.look()) {
    case Watchdog::News::none:
        return;
    case Watchdog::News::sign_is_due:
        upstream_.show_life();
        return;
    case Watchdog::News::service_is_silent:
        watchdog_failed("no WATCHDOG=1 in time");
        return;
    }
}

/// Where systemd watches over us, it is its watchdog that acts, and says so.
void Supervisor::watchdog_failed(const std::string& why) {
    handles_.log.write(LOG_ERR, concat(state_.name, ": ", printable(why)));
    state_.ailment = why;
    if (watchdog_.manager_watches()) {
        upstream_.trigger_watchdog(why);
    } else {
        post(WatchdogFailed{});
    }
}

/// After each step: who asks follows the state.
void Supervisor::attend() {
    const bool up = machine_.state == ServiceState::running || is_reloading(machine_.state);
    if (probes_ && !is_asking() && probes_->is_busy()) {
        probes_->rest();
    }
    if (up == attended_) {
        return;
    }
    attended_ = up;
    if (!up) {
        watchdog_.rest();
        if (health_) {
            health_->rest();
        }
        return;
    }
    if (!plan_.health.checks.empty()) {
        make_health_check();
        watch_health();
        health_->begin();
    }
    watchdog_.begin();
    watch_watchdog();
}

void Supervisor::watch_health() {
    if (!health_watched_) {
        loop_.watch(Source::health, health_->fd());
        health_watched_ = true;
    }
}

void Supervisor::watch_watchdog() {
    if (!watchdog_watched_ && watchdog_.fd() >= 0) {
        loop_.watch(Source::watchdog, watchdog_.fd());
        watchdog_watched_ = true;
    }
}

/// The descriptors of one process, as {ours, its number}: what [ready] gives the service, and what
/// it or the manager stored.
std::vector<std::pair<int, int>> Supervisor::descriptors_for(CommandList list) const {
    std::vector<std::pair<int, int>> out;
    if (list != CommandList::exec_start) {
        return out;
    }
    int number = 3;
    for (const GivenDescriptor& given : handles_.given) {
        out.emplace_back(given.fd.get(), number++);
    }
    for (const StoredDescriptor& stored : store_.kept()) {
        out.emplace_back(stored.fd.get(), number++);
    }
    if (probes_) {
        for (const Probe::Gift& gift : probes_->gifts()) {
            out.emplace_back(gift.fd, gift.number);
        }
    }
    return out;
}

/// sd_listen_fds_with_names(3) and sd_watchdog_enabled(3).
void Supervisor::add_protocol_variables(Environment& out) const {
    std::string names;
    std::size_t count = 0;
    const auto add = [&](std::string_view name) { names += concat(count++ == 0 ? "" : ":", name); };
    for (const GivenDescriptor& given : handles_.given) {
        add(given.name);
    }
    for (const StoredDescriptor& stored : store_.kept()) {
        add(stored.name);
    }
    if (count > 0) {
        set_variable(out, "LISTEN_PID", SpawnRequest::pid_placeholder);
        set_variable(out, "LISTEN_FDS", concat(count));
        set_variable(out, "LISTEN_FDNAMES", names);
    }
    if (plan_.fd_store_max > 0) {
        set_variable(out, "FDSTORE", concat(plan_.fd_store_max));
    }
    if (!plan_.watchdog.is_infinite()) {
        set_variable(out, "WATCHDOG_PID", SpawnRequest::pid_placeholder);
        set_variable(out, "WATCHDOG_USEC", concat(plan_.watchdog.usec));
    }
}

} // namespace amphid
