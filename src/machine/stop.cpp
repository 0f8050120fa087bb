// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/move.h"

#include <algorithm>
#include <utility>

// From the first step of a stop to the end of the activation.

namespace amphid {

namespace {

using enum ServiceState;

/// systemd.kill(5): which processes a signal of this step is for.
Whom whom(const Move& move, bool final) {
    const KillMode mode = move.policy.kill_mode;
    const bool all = mode == KillMode::control_group || (mode == KillMode::mixed && final);
    return all ? Whom::everybody : Whom::main_and_control;
}

/// Whether the processes that a step waits for have ended.
bool is_done(const Move& move, bool final) {
    return !move.somebody_known() &&
           (whom(move, final) == Whom::main_and_control || !move.m.tree_alive);
}

/// Once in an activation: many programs take a second SIGTERM for "at once".
void send_kill_signal(Move& move) {
    if (!move.m.terminated && move.policy.kill_mode != KillMode::none) {
        move.m.terminated = true;
        const bool restart = move.m.restart_requested();
        move.emit(SignalTree{whom(move, false), restart ? Which::restart_kill : Which::kill});
    }
}

void enter_kill(Move& move, ServiceState state) {
    // It is no longer the service that needs time: a loaded kernel may take a while to end a
    // process.
    constexpr TimeSpan least = seconds(10);
    const TimeSpan patience = std::max(move.policy.timeout_stop, least);
    move.m.state = state;
    move.emit(AskForTime{patience});
    move.emit(SignalTree{whom(move, true), Which::final_kill});
    move.arm(patience);
}

/// Processes left by exec-stop-post.
void enter_final_sigterm(Move& move) {
    const bool nobody = move.policy.kill_mode == KillMode::none || is_done(move, true);
    if (nobody || (move.m.gave_up && !move.m.control_alive)) {
        ended(move);
    } else if (is_done(move, false) && move.policy.send_sigkill) {
        enter_kill(move, final_sigkill); // there is no process to send kill-signal to
    } else if (is_done(move, false)) {
        move.m.gave_up = true;
        ended(move);
    } else {
        move.m.state = final_sigterm;
        move.emit(AskForTime{move.policy.timeout_stop});
        move.emit(SignalTree{whom(move, false), Which::kill});
        move.arm(move.policy.timeout_stop);
    }
}

/// The processes that the step waited for have ended.
void step_done(Move& move) {
    const bool first = move.m.state == stop_sigterm || move.m.state == stop_watchdog;
    const bool rest = move.policy.kill_mode == KillMode::mixed && move.m.tree_alive &&
                      (first || move.m.state == final_sigterm);
    if (rest && move.policy.send_sigkill) {
        enter_kill(move, first ? stop_sigkill : final_sigkill);
        return;
    }
    move.m.gave_up = move.m.gave_up || rest;
    if (first || move.m.state == stop_sigkill) {
        enter_stop_post(move);
    } else {
        ended(move);
    }
}

void look_whether_done(Move& move) {
    const ServiceState state = move.m.state;
    if (state == stop || state == stop_post) {
        return; // a hook runs
    }
    const bool final = state != stop_watchdog && state != stop_sigterm && state != final_sigterm;
    if (is_done(move, final)) {
        step_done(move);
    } else if (state == stop_sigterm && !move.m.main_alive) {
        // After its own STOPPING=1 the service got no signal; the processes that it leaves do.
        send_kill_signal(move);
    }
}

/// A command of on-success or on-failure takes too long: its end goes on from here.
void kill_end_hook(Move& move) {
    if (std::exchange(move.m.end_hooks, EndHooks::killed) == EndHooks::killed) {
        move.m.control_alive = false; // one that cannot be killed is left alone
        finish(move);
        return;
    }
    move.emit(AskForTime{move.policy.timeout_stop});
    move.emit(KillControl{});
    move.arm(move.policy.timeout_stop);
}

void time_is_up(Move& move) {
    Machine& m = move.m;
    if (m.end_hooks != EndHooks::none) {
        kill_end_hook(move);
        return;
    }
    move.fail(ServiceResult::timeout);
    switch (m.state) {
    case stop:
        enter_stop_sigterm(move);
        return;
    case stop_watchdog:
    case stop_sigterm:
        if (move.policy.send_sigkill && move.policy.kill_mode != KillMode::none) {
            enter_kill(move, stop_sigkill);
            return;
        }
        [[fallthrough]];
    case stop_sigkill:
        m.gave_up = true;
        enter_stop_post(move);
        return;
    case stop_post:
        enter_final_sigterm(move);
        return;
    case final_sigterm:
        if (move.policy.send_sigkill) {
            enter_kill(move, final_sigkill);
            return;
        }
        [[fallthrough]];
    default:
        m.gave_up = true;
        ended(move);
    }
}

void control_gone(Move& move, const ControlExited& exited) {
    Machine& m = move.m;
    if (m.end_hooks != EndHooks::none) {
        on_end_hook_exit(move, exited);
        return;
    }
    if (m.state != stop && m.state != stop_post) {
        m.control_alive = false; // it got our signal: not its own failure
        m.control_exit = exited.exit;
        m.tree_alive = !exited.nothing_left;
        look_whether_done(move);
        return;
    }
    const ServiceResult result = move.take(exited);
    if (run_next(move, result, move.policy.timeout_stop)) {
        return;
    }
    if (m.state == stop) {
        enter_stop_sigterm(move);
    } else {
        enter_final_sigterm(move);
    }
}

/// kill-signal was sent to the main process of that moment, perhaps among all others.
void main_found(Move& move) {
    move.m.main_alive = true;
    const bool alone = whom(move, false) == Whom::main_and_control;
    if (move.m.state == stop_sigterm && move.m.terminated && alone) {
        move.m.terminated = false;
        send_kill_signal(move);
    }
}

void asked_again(Move& move, const StopRequested& stop_event) {
    request_stop(move, stop_event.restart);
    if (move.m.state == stop_sigterm) {
        send_kill_signal(move); // a stop of its own got none
    }
}

} // namespace

void enter_stop(Move& move) {
    if (!run_list(move, CommandList::exec_stop, stop, move.policy.timeout_stop)) {
        enter_stop_sigterm(move);
    }
}

void enter_stop_sigterm(Move& move) {
    Machine& m = move.m;
    m.state = stop_sigterm;
    if (move.policy.kill_mode == KillMode::none) {
        m.gave_up = true;
        enter_stop_post(move);
        return;
    }
    if (is_done(move, false)) {
        step_done(move);
        return;
    }
    move.emit(AskForTime{move.policy.timeout_stop});
    send_kill_signal(move);
    move.arm(move.policy.timeout_stop);
}

/// watchdog-signal, and time to write the core.
void enter_stop_watchdog(Move& move) {
    if (move.policy.kill_mode == KillMode::none || is_done(move, false)) {
        enter_stop_sigterm(move);
        return;
    }
    move.m.state = stop_watchdog;
    move.emit(AskForTime{move.policy.timeout_abort});
    move.emit(SignalTree{whom(move, false), Which::watchdog});
    move.arm(move.policy.timeout_abort);
}

void enter_stop_post(Move& move) {
    if (!run_list(move, CommandList::exec_stop_post, stop_post, move.policy.timeout_stop)) {
        enter_final_sigterm(move);
    }
}

void stop_after_failure(Move& move) {
    enter_stop_sigterm(move);
}

void request_stop(Move& move, bool restart) {
    Machine& m = move.m;
    if (!m.stop_requested()) {
        m.sequel = restart ? Sequel::stop_of_restart : Sequel::stop;
        move.emit(AnnounceStopping{});
    }
}

void out_of_resources(Move& move) {
    move.m.ready = false; // it had not been announced
    move.fail(ServiceResult::resources);
    enter_stop_sigterm(move);
}

Step in_stop(Move move) {
    Machine& m = move.m;
    if (const auto* exited_main = get<MainExited>(move.event)) {
        move.take(*exited_main);
        look_whether_done(move);
    } else if (const auto* control = get<ControlExited>(move.event)) {
        control_gone(move, *control);
    } else if (is<TreeEmpty>(move.event)) {
        m.tree_alive = false;
        look_whether_done(move);
    } else if (const auto* failed_exec = get<ExecFailed>(move.event)) {
        m.main_alive = false; // requested before the stop, answered after it
        m.tree_alive = !failed_exec->nothing_left;
        look_whether_done(move);
    } else if (is<MainFound>(move.event)) {
        main_found(move);
    } else if (const auto* again = get<StopRequested>(move.event)) {
        asked_again(move, *again);
    } else if (const auto* extend = get<NotifiedExtend>(move.event)) {
        move.extend(extend->by);
    } else if (is<TimerElapsed>(move.event)) {
        time_is_up(move);
    } else if (is<ReloadRequested>(move.event)) {
        refuse_reload(move);
    }
    return move.done();
}

} // namespace amphid
