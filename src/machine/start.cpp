// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/move.h"

#include <utility>

// From a start to readiness: condition, start-pre, start, start-post.

namespace amphid {

namespace {

using enum ServiceState;

void spawn_main(Move& move) {
    move.m.main_alive = true;
    move.m.tree_alive = true;
    move.emit(AskForTime{move.policy.timeout_start});
    move.emit(SpawnMain{move.m.main_command});
    move.arm(move.policy.timeout_start);
}

void enter_start(Move& move) {
    Machine& m = move.m;
    if (m.tree_alive) {
        // systemd.service(5), ExecStartPre=: processes left by hooks are killed.
        move.emit(SignalTree{Whom::everybody, Which::final_kill});
    }
    m.state = start;
    m.main_command = 0;
    if (move.policy.type == ServiceType::forking) {
        run_list(move, CommandList::exec_start, start, move.policy.timeout_start);
    } else {
        spawn_main(move);
    }
}

void enter_start_pre(Move& move) {
    if (!run_list(move, CommandList::exec_start_pre, start_pre, move.policy.timeout_start)) {
        enter_start(move);
    }
}

/// The hooks are done; one of them may have written the pid file.
void start_post_done(Move& move) {
    Machine& m = move.m;
    if (move.policy.type == ServiceType::forking && !m.main_alive) {
        m.awaits_main = true; // by the deadline of the last command
        move.emit(FindMain{true});
    } else {
        enter_running(move);
    }
}

void enter_start_post(Move& move) {
    if (!run_list(move, CommandList::exec_start_post, start_post, move.policy.timeout_start)) {
        start_post_done(move);
    }
}

/// The start command of type forking succeeded.
void forked(Move& move) {
    const bool has_hooks = !move.policy.commands(CommandList::exec_start_post).empty();
    if (!has_hooks) {
        start_post_done(move);
    } else if (move.m.main_alive) {
        enter_start_post(move); // a guess does not override MAINPID=
    } else {
        move.emit(FindMain{false});
    }
}

/// The service is ready, except for the hooks of exec-start-post.
void go_on(Move& move) {
    if (move.policy.type == ServiceType::forking) {
        forked(move);
    } else {
        enter_start_post(move);
    }
}

/// The service is ready according to `type`; [ready] comes next.
void type_is_up(Move& move) {
    if (!move.policy.has_conditions) {
        go_on(move);
        return;
    }
    move.m.asks = true;
    if (move.policy.type == ServiceType::forking && !move.m.tree_alive) {
        move.fail(ServiceResult::protocol); // nobody is left who could get ready
        stop_after_failure(move);
    } else {
        move.emit(AskConditions{});
    }
}

/// The answer to FindMain; MAINPID= may come earlier, while a command still runs.
void main_found(Move& move) {
    Machine& m = move.m;
    const bool answers = m.state == start && !m.main_alive && !m.control_alive && !m.asks;
    m.main_alive = true;
    if (std::exchange(m.awaits_main, false)) {
        enter_running(move);
    } else if (answers) {
        enter_start_post(move);
    }
}

void main_unknown(Move& move) {
    if (std::exchange(move.m.awaits_main, false)) {
        enter_running(move);
    } else {
        enter_start_post(move);
    }
}

void main_gone(Move& move, const MainExited& exited) {
    Machine& m = move.m;
    const ServiceResult result = move.take(exited);
    const bool oneshot = move.policy.type == ServiceType::oneshot;
    const bool commands_ran = m.state == start_post || m.asks;
    if (result == ServiceResult::success && oneshot && !commands_ran) {
        const auto count = move.policy.commands(CommandList::exec_start).size();
        if (m.main_command + 1 < count) {
            ++m.main_command;
            spawn_main(move);
        } else {
            type_is_up(move);
        }
        return;
    }
    if (result == ServiceResult::success && (m.state == start_post || (oneshot && commands_ran))) {
        return; // hooks and conditions decide, as in systemd
    }
    if (result == ServiceResult::success && m.control_alive) {
        m.exit = {}; // named by MAINPID= during the start command of type forking
        return;
    }
    move.fail(ServiceResult::protocol); // it ended before it was ready
    if (m.control_alive) {
        move.emit(KillControl{}); // a hook of start-post; its end goes on from here
    } else {
        stop_after_failure(move);
    }
}

void control_gone(Move& move, const ControlExited& exited) {
    Machine& m = move.m;
    const ServiceResult result = move.take(exited);
    const bool skips = m.state == condition && result == ServiceResult::exit_code &&
                       exited.exit.kind == ExitKind::exited && exited.exit.status < 255;
    if (skips) {
        m.result = ServiceResult::exec_condition;
        stop_after_failure(move);
        return;
    }
    if (m.result != ServiceResult::success) {
        stop_after_failure(move);
        return;
    }
    if (run_next(move, result, move.policy.timeout_start)) {
        return;
    }
    switch (m.state) {
    case condition:
        enter_start_pre(move);
        return;
    case start_pre:
        enter_start(move);
        return;
    case start:
        type_is_up(move);
        return;
    default:
        start_post_done(move);
    }
}

void exec_failed(Move& move, const ExecFailed& failed) {
    move.m.main_alive = false;
    move.m.tree_alive = !failed.nothing_left;
    move.m.exit = {ExitKind::exec_failed, failed.error, failed.stage};
    move.fail(is_before_fork(failed.stage) ? ServiceResult::resources : ServiceResult::exit_code);
    stop_after_failure(move);
}

/// Ready according to `type`.
bool is_up(const Move& move) {
    if (move.m.state != start || move.m.asks || move.policy.type == ServiceType::oneshot) {
        return false;
    }
    return is_notify(move.policy.type) ? is<NotifiedReady>(move.event)
                                       : is<MainStarted>(move.event);
}

} // namespace

void enter_condition(Move& move) {
    Machine& m = move.m;
    if (!within_start_limit(move)) {
        m.result = ServiceResult::start_limit_hit;
        give_up(move);
        return;
    }
    m.begin_activation();
    move.emit(BeginActivation{});
    if (!run_list(move, CommandList::exec_condition, condition, move.policy.timeout_start)) {
        enter_start_pre(move);
    }
}

Step in_start(Move move) {
    Machine& m = move.m;
    if (is_up(move)) {
        type_is_up(move);
    } else if (is<ConditionsMet>(move.event)) {
        if (std::exchange(m.asks, false)) {
            go_on(move);
        }
    } else if (is<WatchdogFailed>(move.event) && (m.state == start || m.state == start_post)) {
        move.fail(ServiceResult::watchdog);
        enter_stop_watchdog(move);
    } else if (const auto* failed_exec = get<ExecFailed>(move.event)) {
        exec_failed(move, *failed_exec);
    } else if (const auto* exited = get<MainExited>(move.event)) {
        main_gone(move, *exited);
    } else if (const auto* control = get<ControlExited>(move.event)) {
        control_gone(move, *control);
    } else if (is<MainFound>(move.event)) {
        main_found(move);
    } else if (is<MainUnknown>(move.event)) {
        main_unknown(move);
    } else if (is<TreeEmpty>(move.event)) {
        m.tree_alive = false;
        if (m.awaits_main || (m.asks && move.policy.type == ServiceType::forking)) {
            move.fail(ServiceResult::protocol); // nobody is left who could get ready
            stop_after_failure(move);
        }
    } else if (const auto* extend = get<NotifiedExtend>(move.event)) {
        move.extend(extend->by);
    } else if (is<TimerElapsed>(move.event)) {
        move.fail(ServiceResult::timeout);
        enter_stop_sigterm(move);
    } else if (is<OutOfResources>(move.event)) {
        out_of_resources(move);
    } else if (const auto* stop = get<StopRequested>(move.event)) {
        request_stop(move, stop->restart);
        enter_stop_sigterm(move);
    } else if (is<ReloadRequested>(move.event)) {
        refuse_reload(move);
    }
    return move.done();
}

} // namespace amphid
