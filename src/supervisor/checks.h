// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/machine.h"
#include "plan/plan.h"
#include "supervisor/activation_facts.h"
#include "supervisor/events.h"
#include "supervisor/health_check.h"
#include "supervisor/log.h"
#include "supervisor/loop.h"
#include "supervisor/name_watch.h"
#include "supervisor/upstream.h"
#include "supervisor/watchdog.h"

#include <optional>

namespace amphid {

/// The checks of a service: readiness ([ready]), health ([health]), the watchdog, and whether it
/// still owns its name on the bus. Reports ConditionsMet, WatchdogFailed and NameLost, and sends
/// WATCHDOG=1 to a manager that expects it.
class Checks {
public:
    /// All references outlive it.
    Checks(Loop& loop, const Plan& plan, ActivationFacts& activation, EventQueue& events,
           Subject& subject, Upstream& upstream, Log& log);

    // `now` is the moment of CLOCK_MONOTONIC at which a member is called. All throw OsError.

    /// The service is about to be started: what exists already is not its doing.
    void begin_activation();
    /// Checks the conditions of [ready] from now on.
    void ask(TimeSpan now);
    /// After each step of the machine: starts and stops checks according to the state.
    void follow(const Machine& machine, TimeSpan now);

    /// A child without a role has ended: the program of a check, or an orphan.
    void child_ended(int pid, int status, TimeSpan now);
    /// A line of the service's output.
    void hear(const Line& line);
    /// The ends of pipes that the main process gets ([ready] fd).
    std::vector<Probe::Gift> gifts() const;
    /// The conditions of [ready] that do not hold.
    std::string unmet() const;

    // Watchdog messages of the service (sd_notify(3)).
    void pinged(TimeSpan now);
    void set_interval(TimeSpan interval, TimeSpan now);
    void extend(TimeSpan by, TimeSpan now) { watchdog_.extend(by, now); }
    void trigger(const std::string& why) { fail(why); }
    bool manager_watches() const { return watchdog_.manager_watches(); }

private:
    void look_at_conditions(TimeSpan now);
    void judge_conditions();
    void look_at_health(TimeSpan now);
    void look_at_watchdog(TimeSpan now);
    void fail(const std::string& why);
    void begin_watching(TimeSpan now);
    void rest();
    void make_health_check();

    const Plan& plan_;
    ActivationFacts& activation_;
    EventQueue& events_;
    Subject& subject_;
    Upstream& upstream_;
    Log& log_;
    std::optional<ProbeSet> conditions_;
    std::optional<HealthCheck> health_;
    Watchdog watchdog_;
    NameWatch name_;
    bool asking_ = false;   // for [ready]
    bool watching_ = false; // [health] and the watchdog are on
    EventSource conditions_source_;
    EventSource health_source_;
    EventSource watchdog_source_;
};

} // namespace amphid
