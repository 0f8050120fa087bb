// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "plan/policy.h"

#include <cstdint>
#include <optional>
#include <variant>

namespace amphid {

/// A moment of CLOCK_MONOTONIC, as the span since its start.
using Moment = TimeSpan;

/// The moment `then` after `at`; infinity stays infinity.
constexpr Moment after(Moment at, TimeSpan then) {
    return sum(at, then);
}

// What can happen to a service. Events carry no PIDs: the caller knows which process has which
// role.

struct StartRequested {};
/// `restart`: another start follows, so RestartKillSignal= applies.
struct StopRequested {
    bool restart = false;
};
/// A start found a service whose launcher was killed. If it was up, it continues; otherwise it is
/// stopped and started again, unless StopRequested follows.
struct Adopted {
    ServiceState state = ServiceState::dead; // the last known one
    bool main_known = false;                 // was known; it may have ended since
    bool main_alive = false;
    std::uint64_t restarts = 0;
    std::uint64_t reloads = 0;
    bool to_be_stopped = false;       // StopRequested follows; nothing may be started before
    std::optional<Moment> ready_at{}; // if known
};
struct ReloadRequested {};
/// The main process runs its program.
struct MainStarted {};
/// The main process could not execute its program.
struct ExecFailed {
    ExecStage stage = ExecStage::exec;
    int error = 0;
    bool nothing_left = true;
};
/// `nothing_left`: no other process of the service is alive.
struct MainExited {
    MainExit exit;
    bool nothing_left = true;
};
/// A hook, or the start command of type forking, ended or could not be executed.
struct ControlExited {
    MainExit exit;
    bool nothing_left = true;
};
/// There is a new main process: type forking's answer to FindMain, MAINPID=, or a pid file that
/// names another process when the first one ends.
struct MainFound {};
/// Type forking: the main process is unknown, because there is no pid file, or not yet.
struct MainUnknown {};
/// The last process of the service has ended.
struct TreeEmpty {};
struct NotifiedReady {};
struct NotifiedStopping {};
/// `at`: MONOTONIC_USEC of the message; 0: it had none.
struct NotifiedReloading {
    Moment at;
};
struct NotifiedExtend {
    TimeSpan by;
};
/// The reload signal was sent, or sending it failed.
struct ReloadFinished {
    bool ok = true;
};
/// The conditions of [ready] hold.
struct ConditionsMet {};
/// The watchdog expired, [health] failed, or the service reported a failure itself.
struct WatchdogFailed {};
/// The service no longer owns its name on the bus.
struct NameLost {};
/// RESTART_RESET=1: the delays between restarts start over.
struct NotifiedRestartReset {};
/// Something without which the service cannot be announced failed, such as writing its pid file.
struct OutOfResources {};
struct TimerElapsed {};

struct Event {
    Moment at;
    std::variant<StartRequested, StopRequested, Adopted, ReloadRequested, MainStarted, ExecFailed,
                 MainExited, ControlExited, MainFound, MainUnknown, TreeEmpty, NotifiedReady,
                 NotifiedStopping, NotifiedReloading, NotifiedExtend, ReloadFinished, ConditionsMet,
                 WatchdogFailed, NameLost, NotifiedRestartReset, OutOfResources, TimerElapsed>
        what;
};

} // namespace amphid
