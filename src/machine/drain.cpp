// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/move.h"

// A stop was announced, and the service goes on for a while: those who send it work need time to
// take notice.

namespace amphid {

namespace {

void leave(Move& move) {
    if (move.m.control_alive) {
        enter_stop_sigterm(move); // the hook of a reload: nothing runs beside it
    } else {
        enter_stop(move);
    }
}

/// What ends of the service meanwhile is what would have been stopped.
void look_whether_up(Move& move, ServiceResult result) {
    if (result != ServiceResult::success) {
        stop_after_failure(move);
    } else if (!is_good(move)) {
        leave(move);
    }
}

} // namespace

void begin_stop(Move& move) {
    if (move.policy.drain.usec == 0 || !is_good(move)) {
        enter_stop(move);
        return;
    }
    move.m.state = ServiceState::drain;
    move.emit(AskForTime{move.policy.drain});
    move.arm(move.policy.drain);
}

Step in_drain(Move move) {
    Machine& m = move.m;
    if (const auto* exited_main = get<MainExited>(move.event)) {
        look_whether_up(move, move.take(*exited_main));
    } else if (const auto* control = get<ControlExited>(move.event)) {
        m.control_alive = false; // of a reload that is of no account any more
        m.control_exit = control->exit;
        m.tree_alive = !control->nothing_left;
    } else if (is<TreeEmpty>(move.event)) {
        m.tree_alive = false;
        look_whether_up(move, ServiceResult::success);
    } else if (is<MainFound>(move.event)) {
        m.main_alive = true;
    } else if (const auto* extend = get<NotifiedExtend>(move.event)) {
        move.extend(extend->by);
    } else if (is<ReloadRequested>(move.event)) {
        refuse_reload(move);
    } else if (is<TimerElapsed>(move.event) || is<StopRequested>(move.event) ||
               is<NotifiedStopping>(move.event)) {
        leave(move);
    }
    return move.done();
}

} // namespace amphid
