// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/move.h"

#include <algorithm>
#include <utility>

// A service that is up: running, exited, and the ways to reload.

namespace amphid {

namespace {

using enum ServiceState;

/// How long after hook or signal the service may start to answer, if it is not known whether it
/// does.
constexpr TimeSpan answer_time = seconds(1);

void begin_reload(Move& move, ServiceState state) {
    Machine& m = move.m;
    ++m.reloads;
    m.reload = {};
    m.reload.begin = move.event.at;
    if (!m.deadline.is_infinite()) {
        move.disarm(); // of runtime_max, which comes back at the end
    }
    m.state = state;
    move.emit(AnnounceReloading{});
}

void start_reload(Move& move) {
    Machine& m = move.m;
    begin_reload(move, reload);
    // systemd, service_enter_reload(): type notify-reload gets its signal beside the hooks.
    const bool tells = move.policy.type == ServiceType::notify_reload && m.main_alive;
    if (tells || move.policy.commands(CommandList::exec_reload).empty()) {
        move.emit(Reload{});
    }
    if (run_list(move, CommandList::exec_reload, reload, move.policy.timeout_start)) {
        return;
    }
    if (tells) {
        m.state = reload_signal;
        move.arm(move.policy.timeout_start);
    }
}

/// There is a process to signal, or a hook to run.
bool can_reload(const Move& move) {
    return move.m.main_alive || !move.policy.commands(CommandList::exec_reload).empty();
}

void report_reload(Move& move, bool ok) {
    move.emit(ReportReload{move.m.reloads, ok});
}

void finish_reload(Move& move, bool ok) {
    Machine& m = move.m;
    move.disarm();
    move.emit(AnnounceReloaded{});
    report_reload(move, ok);
    const bool again = std::exchange(m.reload, {}).again;
    enter_running(move);
    if (again && m.state == running && can_reload(move)) {
        start_reload(move); // the configuration may have changed since the first one read it
    } else if (again) {
        refuse_reload(move);
    }
}

/// Hook or signal are done. A service that notifies may only now be reloading, such as a daemon
/// that got a signal from the hook: then its READY=1 ends the reload.
void reload_sent(Move& move, bool ok) {
    Machine& m = move.m;
    const Policy& p = move.policy;
    const bool must_answer =
        p.type == ServiceType::notify_reload || m.answers_reload == AnswersReload::yes;
    const bool may_answer = p.hears_service && m.answers_reload == AnswersReload::unknown;
    if (!ok || m.reload.words == ReloadWords::ready) {
        finish_reload(move, ok);
    } else if (m.reload.words == ReloadWords::reloading) {
        m.state = reload_notify;
        if (m.deadline.is_infinite()) {
            move.arm(p.timeout_start); // a reload by signal has no deadline yet
        }
    } else if (m.main_alive && (must_answer || may_answer)) {
        const bool hurries = !must_answer && answer_time < p.timeout_start;
        if (hurries || m.deadline.is_infinite()) {
            move.arm(hurries ? answer_time : p.timeout_start);
        }
        m.state = reload_signal;
    } else {
        finish_reload(move, true);
    }
}

/// A reload timed out.
void reload_timed_out(Move& move) {
    Machine& m = move.m;
    const bool silent = m.state == reload_signal && m.answers_reload == AnswersReload::unknown &&
                        move.policy.type != ServiceType::notify_reload;
    if (m.state == reload_signal) {
        m.answers_reload = AnswersReload::no;
    }
    finish_reload(move, silent); // a service that never answers: assume success
}

void main_gone(Move& move, const MainExited& exited) {
    const ServiceResult result = move.take(exited);
    if (result != ServiceResult::success) {
        stop_after_failure(move);
    } else {
        enter_running(move);
    }
}

void stopping_by_itself(Move& move) {
    // No signal is sent, but the time is limited like that of a stop.
    move.m.state = stop_sigterm;
    move.emit(AnnounceStopping{});
    move.emit(AskForTime{move.policy.timeout_stop});
    move.arm(move.policy.timeout_stop);
}

void reload_by_itself(Move& move) {
    if (move.m.answers_reload == AnswersReload::no) {
        move.m.answers_reload =
            AnswersReload::unknown; // it may have been too late for the last reload
    }
    begin_reload(move, reload_notify);
    move.arm(move.policy.timeout_start);
}

void heard_reloading(Move& move, const NotifiedReloading& message) {
    Machine& m = move.m;
    // An older message is about an older reload (systemd, service_notify_message_process_state);
    // one without a time is an answer if the type does not require the time.
    const bool timeless = message.at.usec == 0 && move.policy.type != ServiceType::notify_reload;
    if ((message.at < m.reload.begin && !timeless) || m.state == reload_notify) {
        return;
    }
    m.answers_reload = AnswersReload::yes;
    m.reload.words = ReloadWords::reloading;
    if (m.state == reload_signal) {
        m.state = reload_notify;
        if (after(move.event.at, move.policy.timeout_start) > m.deadline) {
            move.arm(move.policy.timeout_start);
        }
    }
}

void heard_ready(Move& move) {
    if (move.m.state == reload_notify) {
        finish_reload(move, true);
    } else if (move.m.reload.words == ReloadWords::reloading) {
        move.m.reload.words = ReloadWords::ready;
    }
}

/// A reload that failed is no failure of the service.
void hook_gone(Move& move, const ControlExited& control) {
    Machine& m = move.m;
    m.control_alive = false;
    m.control_exit = control.exit;
    m.tree_alive = !control.nothing_left;
    const bool ignored = move.policy.ignores_failure(m.list, m.command);
    const ServiceResult result =
        ignored ? ServiceResult::success : result_of(control.exit, move.policy, false);
    if (m.reload.hook == ReloadHook::overdue) {
        finish_reload(move, false);
    } else if (result != ServiceResult::success ||
               !run_next(move, result, move.policy.timeout_start)) {
        reload_sent(move, result == ServiceResult::success);
    }
}

/// The service ends during a reload: the same as when running, once no hook runs.
bool breaks_reload(const Move& move) {
    return is<MainExited>(move.event) || is<StopRequested>(move.event) ||
           is<NotifiedStopping>(move.event) || is<OutOfResources>(move.event) ||
           is<WatchdogFailed>(move.event);
}

void break_for_stop(Move& move) {
    if (is_good(move) && move.policy.drain.usec > 0) {
        begin_stop(move);
    } else {
        enter_stop_sigterm(move); // as in systemd: no exec-stop during a reload
    }
}

Step break_reload(Move move) {
    Machine& m = move.m;
    report_reload(move, false);
    if (std::exchange(m.reload, {}).again) {
        refuse_reload(move);
    }
    if (const auto* stop = get<StopRequested>(move.event)) {
        request_stop(move, stop->restart);
        break_for_stop(move);
        return move.done();
    }
    move.disarm();
    if (const auto* exited_main = get<MainExited>(move.event); exited_main && m.control_alive) {
        move.take(*exited_main);
        m.reload.hook = ReloadHook::moot;
        move.emit(KillControl{});
        move.arm(move.policy.timeout_stop);
        return move.done();
    }
    if (is<MainExited>(move.event)) {
        move.emit(AnnounceReloaded{});
    }
    m.state = running;
    return in_running(std::move(move));
}

/// The service has ended during a reload, and its hook is about to end.
Step in_broken_reload(Move move) {
    Machine& m = move.m;
    if (const auto* control = get<ControlExited>(move.event)) {
        m.control_alive = false;
        m.reload = {};
        m.tree_alive = !control->nothing_left;
        move.disarm();
        move.emit(AnnounceReloaded{});
        m.result == ServiceResult::success ? enter_running(move) : stop_after_failure(move);
    } else if (is<MainFound>(move.event)) {
        m.main_alive = true;
    } else if (const auto* exited = get<MainExited>(move.event)) {
        move.take(*exited); // of a main process named in the meantime
    } else if (const auto* stop = get<StopRequested>(move.event)) {
        m.reload = {};
        request_stop(move, stop->restart);
        enter_stop_sigterm(move);
    } else if (is<TimerElapsed>(move.event)) {
        m.reload = {};
        move.fail(ServiceResult::timeout);
        enter_stop_sigterm(move);
    } else if (is<ReloadRequested>(move.event)) {
        refuse_reload(move);
    }
    return move.done();
}

} // namespace

bool is_good(const Move& move) {
    const bool without_main = move.policy.type == ServiceType::forking && !move.m.awaits_main &&
                              move.m.exit.kind == ExitKind::none;
    return !move.m.name_lost && (move.m.main_alive || (without_main && move.m.tree_alive));
}

void refuse_reload(Move& move) {
    ++move.m.reloads;
    report_reload(move, false);
}

void stay_running(Move& move) {
    Machine& m = move.m;
    m.state = running;
    const Moment end = after(m.ready_at, move.policy.runtime_max);
    if (m.deadline.is_infinite() && !end.is_infinite()) {
        m.deadline = std::max(end, move.event.at);
        move.emit(ArmTimer{m.deadline});
    }
}

void enter_running(Move& move) {
    Machine& m = move.m;
    if (!m.ready) {
        m.ready = true;
        m.ready_at = move.event.at;
        move.disarm();
        move.emit(AnnounceReady{});
    }
    if (is_good(move)) {
        stay_running(move);
    } else if (move.policy.remain_after_exit) {
        if (!m.deadline.is_infinite()) {
            move.disarm(); // of runtime_max
        }
        m.state = exited;
    } else {
        enter_stop(move);
    }
}

Step in_running(Move move) {
    Machine& m = move.m;
    if (const auto* exited_main = get<MainExited>(move.event)) {
        main_gone(move, *exited_main);
    } else if (is<TreeEmpty>(move.event)) {
        m.tree_alive = false;
        if (m.state == running) {
            enter_running(move);
        }
    } else if (is<MainFound>(move.event) && m.state == running) {
        m.main_alive = true;
    } else if (const auto* stop = get<StopRequested>(move.event)) {
        request_stop(move, stop->restart);
        begin_stop(move);
    } else if (is<NotifiedStopping>(move.event) && m.state == running) {
        stopping_by_itself(move);
    } else if (is<NotifiedReloading>(move.event) && m.state == running) {
        reload_by_itself(move);
    } else if (is<WatchdogFailed>(move.event) && m.state == running) {
        move.fail(ServiceResult::watchdog);
        enter_stop_watchdog(move);
    } else if (is<NameLost>(move.event) && m.state == running) {
        enter_running(move); // or not: systemd, service_bus_name_owner_change()
    } else if (is<NotifiedRestartReset>(move.event)) {
        m.restarts_in_a_row = 0;
    } else if (is<OutOfResources>(move.event)) {
        out_of_resources(move);
    } else if (is<TimerElapsed>(move.event) && m.state == running) {
        move.fail(ServiceResult::timeout);
        enter_stop(move);
    } else if (const auto* extend = get<NotifiedExtend>(move.event);
               extend != nullptr && !m.deadline.is_infinite()) {
        move.extend(extend->by);
    } else if (is<ReloadRequested>(move.event)) {
        if (can_reload(move)) {
            start_reload(move);
        } else {
            refuse_reload(move);
        }
    }
    return move.done();
}

Step in_reload(Move move) {
    Machine& m = move.m;
    if (m.reload.hook == ReloadHook::moot) {
        return in_broken_reload(std::move(move));
    }
    if (breaks_reload(move)) {
        return break_reload(std::move(move));
    }
    if (const auto* sent = get<ReloadFinished>(move.event)) {
        if (!m.control_alive) {
            reload_sent(move, sent->ok);
        }
    } else if (const auto* control = get<ControlExited>(move.event)) {
        hook_gone(move, *control);
    } else if (const auto* message = get<NotifiedReloading>(move.event)) {
        heard_reloading(move, *message);
    } else if (is<NotifiedReady>(move.event)) {
        heard_ready(move);
    } else if (const auto* extend = get<NotifiedExtend>(move.event)) {
        move.extend(extend->by);
    } else if (is<TimerElapsed>(move.event)) {
        if (m.control_alive && m.reload.hook == ReloadHook::counts) {
            m.reload.hook = ReloadHook::overdue;
            move.emit(KillControl{}); // its end ends the reload
            move.arm(move.policy.timeout_stop);
        } else {
            m.control_alive = false; // one that cannot be killed is left alone
            reload_timed_out(move);
        }
    } else if (is<ReloadRequested>(move.event)) {
        m.reload.again = true;
    } else if (is<TreeEmpty>(move.event)) {
        m.tree_alive = false;
    } else if (is<MainFound>(move.event)) {
        m.main_alive = true;
    }
    return move.done();
}

} // namespace amphid
