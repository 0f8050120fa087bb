// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/event.h"
#include "plan/policy.h"
#include "plan/words.h"

#include <string>
#include <variant>
#include <vector>

namespace amphid {

// What the machine wants done, in this order. Effects name roles, never PIDs.

/// Answered by MainStarted or ExecFailed.
struct SpawnMain {};
/// `kill-signal` (and SIGCONT) to every process of the service. Answered by TreeEmpty in time.
struct TerminateTree {};
/// SIGKILL to every process of the service, until none is left.
struct KillTree {};
/// `reload-signal` to the main process. Answered by ReloadFinished.
struct Reload {};
/// Whoever asked for a reload may know how it went.
struct ReportReload {
    bool ok = true;
};
/// One timer only: arming it again moves it. Infinity disarms.
struct ArmTimer {
    Moment at;
};
struct DisarmTimer {};
struct AnnounceReady {};
struct AnnounceStopping {};
struct AnnounceReloading {};
struct AnnounceReloaded {};
/// The manager above us shall wait at least this long from now.
struct AskForTime {
    TimeSpan span;
};
/// The end: nothing happens to this service any more. The state says how it ended.
struct Finish {};

using Effect = std::variant<SpawnMain, TerminateTree, KillTree, Reload, ReportReload, ArmTimer,
                            DisarmTimer, AnnounceReady, AnnounceStopping, AnnounceReloading,
                            AnnounceReloaded, AskForTime, Finish>;

/// A service as its launcher sees it (systemd's ServiceState and ServiceResult).
///
///   dead ─start→ start ─ready→ running ⇄ reload
///                  │              │
///                  └──stop, end───┴→ stop-sigterm ─timer→ stop-sigkill
///                                          │ nothing left      │
///         auto-restart ←─ ours, Restart= ──┴──────────────────→┴→ dead / failed, for good
///
/// The first failure of an activation is its result. A start that never got ready is not tried
/// again: the starting command reports it and nothing is left running. A requested stop beats
/// every restart.
struct Machine {
    ServiceState state = ServiceState::dead;
    ServiceResult result = ServiceResult::success;
    MainExit exit;           // how the last main process ended
    bool main_alive = false; // a main process was spawned and has not been reaped
    bool stop_requested = false;
    bool ready = false;                     // this activation has been ready
    bool ever_ready = false;                // some activation has been
    bool terminated = false;                // kill-signal has been sent in this activation
    bool reload_again = false;              // a reload was asked for while one was going on
    Moment deadline = TimeSpan::infinity(); // of the armed timer
    Moment limit_begin;                     // the running interval of the start limit
    unsigned limit_count = 0;
    std::uint64_t restarts = 0;
    friend bool operator==(const Machine&, const Machine&) = default;
};

struct Step {
    Machine next;
    std::vector<Effect> effects;
};

/// The whole behaviour: what follows from an event. Pure. An event that means nothing in a state
/// changes nothing.
Step step(const Machine& machine, const Policy& policy, const Event& event);

/// What systemd calls an end like this one: success for exit code 0 and the signals HUP, INT, TERM
/// and PIPE (systemd.service(5), SuccessExitStatus=), and for whatever the policy adds.
ServiceResult result_of(const MainExit& exit, const Policy& policy);

/// systemd.service(5), the table under Restart=.
bool restarts_after(Restart restart, ServiceResult result);

/// The transition table as text: each event in each reachable state under a few policies.
std::string describe_transitions();

} // namespace amphid
