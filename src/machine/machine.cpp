// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/machine.h"

#include "machine/move.h"

#include <algorithm>
#include <csignal>

namespace amphid {

using enum ServiceState;

void Move::arm(TimeSpan span) {
    m.deadline = after(event.at, span);
    emit(ArmTimer{m.deadline});
}

void Move::disarm() {
    m.deadline = TimeSpan::infinity();
    emit(DisarmTimer{});
}

void Move::extend(TimeSpan by) {
    if (after(event.at, by) > m.deadline) {
        arm(by);
    }
    emit(AskForTime{by});
}

void Move::fail(ServiceResult result, bool by_control) {
    if (m.result == ServiceResult::success && result != ServiceResult::success) {
        m.result = result;
        m.blame = {result, m.state, by_control, m.list, m.command, m.control_exit};
    }
}

ServiceResult Move::take(const MainExited& exited) {
    m.main_alive = false;
    m.tree_alive = !exited.nothing_left;
    m.exit = exited.exit;
    // After a signal of ours an unknown exit status counts as success.
    const bool wanted = exited.exit.kind == ExitKind::unknown && is_stopping(m.state);
    const bool ignored = policy.ignores_failure(CommandList::exec_start, m.main_command);
    const ServiceResult result =
        ignored || wanted ? ServiceResult::success
                          : result_of(exited.exit, policy, policy.type != ServiceType::oneshot);
    fail(result);
    return result;
}

ServiceResult Move::take(const ControlExited& exited) {
    m.control_alive = false;
    m.tree_alive = !exited.nothing_left;
    m.control_exit = exited.exit;
    const bool ignored = policy.ignores_failure(m.list, m.command);
    const ServiceResult result =
        ignored ? ServiceResult::success
                : result_of(exited.exit, policy, m.list == CommandList::exec_start);
    fail(result, true);
    return result;
}

namespace {

void spawn_control(Move& move, TimeSpan timeout) {
    move.m.control_alive = true;
    move.m.tree_alive = true;
    move.emit(SpawnControl{move.m.list, move.m.command});
    move.arm(timeout);
}

Step in_rest(Move move) {
    Machine& m = move.m;
    if (is<StartRequested>(move.event)) {
        enter_condition(move);
    } else if (is<StopRequested>(move.event)) {
        finish(move);
    } else if (const auto* found = get<Adopted>(move.event)) {
        m.main_alive = found->main_alive;
        m.tree_alive = true;
        m.restarts = found->restarts;
        m.reloads = found->reloads;
        const bool ran = found->state == running || is_reloading(found->state);
        const bool without_main = move.policy.type == ServiceType::forking && !found->main_known;
        const bool unstoppable = move.policy.kill_mode == KillMode::none && found->main_alive;
        const bool was_up =
            found->state == exited || unstoppable || (ran && (found->main_alive || without_main));
        if (was_up) {
            m.ready = true;
            m.ready_at = found->ready_at.value_or(move.event.at);
            if (found->state == exited) {
                m.state = exited;
            } else {
                stay_running(move);
            }
            move.emit(AnnounceReady{}); // once nothing can go wrong any more
        } else {
            m.sequel = found->to_be_stopped ? Sequel::stop : Sequel::start;
            enter_stop_sigterm(move); // half a start or half a stop: stopped before the next start
        }
    }
    return move.done();
}

Step in_auto_restart(Move move) {
    if (is<TimerElapsed>(move.event)) {
        enter_condition(move);
    } else if (const auto* stop_event = get<StopRequested>(move.event)) {
        // The failure was to be answered by a restart, which is now cancelled.
        move.m.result = ServiceResult::success;
        request_stop(move, stop_event->restart);
        finish(move);
    } else if (is<ReloadRequested>(move.event)) {
        refuse_reload(move);
    }
    return move.done();
}

} // namespace

bool run_list(Move& move, CommandList list, ServiceState state, TimeSpan timeout) {
    const bool type_command = list == CommandList::exec_start;
    if (move.policy.commands(list).empty() && !type_command) {
        return false;
    }
    move.m.state = state;
    move.m.list = list;
    move.m.command = 0;
    move.emit(AskForTime{timeout});
    spawn_control(move, timeout);
    return true;
}

bool run_next(Move& move, ServiceResult result, TimeSpan timeout) {
    Machine& m = move.m;
    const bool more = m.command + 1 < move.policy.commands(m.list).size();
    if (result != ServiceResult::success || !more) {
        return false;
    }
    ++m.command;
    move.emit(AskForTime{timeout});
    spawn_control(move, timeout);
    return true;
}

Step step(const Machine& machine, const Policy& policy, const Event& event) {
    Move move{machine, policy, event};
    if (is<TimerElapsed>(event) && event.at < machine.deadline) {
        return move.done(); // stale: the timer was set again
    }
    const ServiceState state = machine.state;
    if (is<NameLost>(event) && (state == running || is_reloading(state))) {
        move.m.name_lost = true;
    }
    if (state == dead || state == failed) {
        return in_rest(std::move(move));
    }
    if (state == auto_restart) {
        return in_auto_restart(std::move(move));
    }
    if (is_starting(state)) {
        return in_start(std::move(move));
    }
    if (is_reloading(state)) {
        return in_reload(std::move(move));
    }
    if (state == drain) {
        return in_drain(std::move(move));
    }
    return is_stopping(state) ? in_stop(std::move(move)) : in_running(std::move(move));
}

ServiceResult result_of(const MainExit& exit, const Policy& policy, bool is_daemon) {
    if (policy.success_exit_status.contains(exit)) {
        return ServiceResult::success;
    }
    switch (exit.kind) {
    case ExitKind::exited:
        return exit.status == 0 ? ServiceResult::success : ServiceResult::exit_code;
    case ExitKind::killed: {
        constexpr int clean[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};
        const bool is_clean = is_daemon && std::find(std::begin(clean), std::end(clean),
                                                     exit.status) != std::end(clean);
        return is_clean ? ServiceResult::success : ServiceResult::signal;
    }
    case ExitKind::dumped:
        return ServiceResult::core_dump;
    case ExitKind::exec_failed:
        return is_before_fork(exit.stage) ? ServiceResult::resources : ServiceResult::exit_code;
    case ExitKind::none:
    case ExitKind::unknown:
        break;
    }
    return ServiceResult::exit_code;
}

} // namespace amphid
