// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "plan/policy.h"

#include <variant>

namespace amphid {

/// A moment of CLOCK_MONOTONIC, as the span since its start.
using Moment = TimeSpan;

/// `then` after `at`; infinity stays infinity.
constexpr Moment after(Moment at, TimeSpan then) {
    return at.usec > TimeSpan::infinity().usec - then.usec ? TimeSpan::infinity()
                                                           : Moment{at.usec + then.usec};
}

// What can happen to a service. Events carry no PIDs: whoever feeds the machine knows which process
// plays which role.

struct StartRequested {};
struct StopRequested {};
struct ReloadRequested {};
/// The main process runs its program.
struct MainStarted {};
/// The main process could not become its program.
struct ExecFailed {
    ExecStage stage = ExecStage::exec;
    int error = 0;
};
/// `nothing_left`: no other process of the service is alive.
struct MainExited {
    MainExit exit;
    bool nothing_left = true;
};
/// The last process of the service is gone.
struct TreeEmpty {};
struct NotifiedReady {};
struct NotifiedStopping {};
struct NotifiedExtend {
    TimeSpan by;
};
struct ReloadFinished {
    bool ok = true;
};
/// Something was refused that the service cannot be announced without, as its pid file.
struct OutOfResources {};
struct TimerElapsed {};

struct Event {
    Moment at;
    std::variant<StartRequested, StopRequested, ReloadRequested, MainStarted, ExecFailed,
                 MainExited, TreeEmpty, NotifiedReady, NotifiedStopping, NotifiedExtend,
                 ReloadFinished, OutOfResources, TimerElapsed>
        what;
};

} // namespace amphid
