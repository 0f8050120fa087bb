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

/// `then` after `at`; infinity stays infinity.
constexpr Moment after(Moment at, TimeSpan then) {
    return sum(at, then);
}

// What can happen to a service. Events carry no PIDs: whoever feeds the machine knows which process
// plays which role.

struct StartRequested {};
/// `restart`: another start follows, systemd's RestartKillSignal= is for it.
struct StopRequested {
    bool restart = false;
};
/// A launcher that was killed left this service behind, and a start found it. What was up goes on;
/// anything else is ended and started again, unless StopRequested follows.
struct Adopted {
    ServiceState state = ServiceState::dead; // the last that was known
    bool main_known = false;                 // once; it may have ended since
    bool main_alive = false;
    std::uint64_t restarts = 0;
    std::uint64_t reloads = 0;
    bool to_be_stopped = false; // StopRequested follows; nothing may be started before it comes
    std::optional<Moment> ready_at{}; // where that is known
};
struct ReloadRequested {};
/// The main process runs its program.
struct MainStarted {};
/// The main process could not become its program.
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
/// A hook, or the start command of type forking, ended or could not become its program.
struct ControlExited {
    MainExit exit;
    bool nothing_left = true;
};
/// A process is the main process from now on, whoever was it before: type forking's answer to
/// FindMain, MAINPID=, or a pid file that names another one when the first ends.
struct MainFound {};
/// Type forking: nobody can say which process is the main one; no pid file was asked for, or it is
/// not there yet.
struct MainUnknown {};
/// The last process of the service is gone.
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
/// The reload signal was sent, or could not be.
struct ReloadFinished {
    bool ok = true;
};
/// Every condition of [ready] that has to hold does.
struct ConditionsMet {};
/// The watchdog heard nothing of the service, or [health] found it ill, or it said so itself.
struct WatchdogFailed {};
/// RESTART_RESET=1: the delays between restarts begin again with the first.
struct NotifiedRestartReset {};
/// Something was refused that the service cannot be announced without, as its pid file.
struct OutOfResources {};
struct TimerElapsed {};

struct Event {
    Moment at;
    std::variant<StartRequested, StopRequested, Adopted, ReloadRequested, MainStarted, ExecFailed,
                 MainExited, ControlExited, MainFound, MainUnknown, TreeEmpty, NotifiedReady,
                 NotifiedStopping, NotifiedReloading, NotifiedExtend, ReloadFinished, ConditionsMet,
                 WatchdogFailed, NotifiedRestartReset, OutOfResources, TimerElapsed>
        what;
};

} // namespace amphid
