// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/machine.h"

#include <algorithm>

namespace amphid {

namespace {

using enum ServiceState;

template <class T>
const T* get(const Event& event) {
    return std::get_if<T>(&event.what);
}

template <class T>
bool is(const Event& event) {
    return get<T>(event) != nullptr;
}

/// The effects of one step, written down while the machine moves.
struct Move {
    Machine m;
    const Policy& policy;
    const Event& event;
    std::vector<Effect> effects{};

    void emit(Effect effect) { effects.push_back(effect); }

    void arm(TimeSpan span) {
        m.deadline = after(event.at, span);
        emit(ArmTimer{m.deadline});
    }

    void disarm() {
        m.deadline = TimeSpan::infinity();
        emit(DisarmTimer{});
    }

    void fail(ServiceResult result) {
        if (m.result == ServiceResult::success) {
            m.result = result;
        }
    }

    Step done() { return {m, std::move(effects)}; }
};

/// systemd's rate limit: at most burst starts in each interval, counted from its first.
bool within_start_limit(Move& move) {
    const Policy& p = move.policy;
    if (p.start_limit_burst == 0 || p.start_limit_interval.usec == 0) {
        return true;
    }
    Machine& m = move.m;
    if (m.limit_count == 0 || move.event.at > after(m.limit_begin, p.start_limit_interval)) {
        m.limit_begin = move.event.at;
        m.limit_count = 0;
    }
    return ++m.limit_count <= p.start_limit_burst;
}

void finish(Move& move) {
    move.m.state = move.m.result == ServiceResult::success ? dead : failed;
    move.disarm();
    move.emit(Finish{});
}

void enter_start(Move& move) {
    Machine& m = move.m;
    if (!within_start_limit(move)) {
        m.result = ServiceResult::start_limit_hit;
        finish(move);
        return;
    }
    m.state = ServiceState::start;
    m.result = ServiceResult::success;
    m.exit = {};
    m.main_alive = true;
    m.ready = false;
    m.terminated = false;
    m.reload_again = false;
    move.emit(AskForTime{move.policy.timeout_start});
    move.emit(SpawnMain{});
    move.arm(move.policy.timeout_start);
}

/// Nothing of the service is left: again, or the end.
void ended(Move& move) {
    Machine& m = move.m;
    const bool again = m.ever_ready && !m.stop_requested && move.policy.restart_is_ours &&
                       restarts_after(move.policy.restart, m.result);
    if (!again) {
        finish(move);
        return;
    }
    ++m.restarts;
    if (move.policy.restart_delay.usec == 0) {
        enter_start(move);
        return;
    }
    m.state = auto_restart;
    move.arm(move.policy.restart_delay);
}

void become_ready(Move& move) {
    move.m.state = running;
    move.m.ready = true;
    move.m.ever_ready = true;
    move.disarm();
    move.emit(AnnounceReady{});
}

/// Once in an activation: many programs take a second SIGTERM for "at once".
void send_kill_signal(Move& move) {
    if (!move.m.terminated) {
        move.m.terminated = true;
        move.emit(TerminateTree{});
    }
}

/// kill-signal for everybody, then timeout-stop-sec.
void terminate(Move& move) {
    move.m.state = stop_sigterm;
    move.emit(AskForTime{move.policy.timeout_stop});
    send_kill_signal(move);
    move.arm(move.policy.timeout_stop);
}

void request_stop(Move& move) {
    move.m.stop_requested = true;
    move.emit(AnnounceStopping{});
}

void record_exit(Move& move, const MainExited& exited) {
    move.m.main_alive = false;
    move.m.exit = exited.exit;
    move.fail(result_of(exited.exit, move.policy));
}

/// The main process is gone by itself; what it left behind goes with it.
void main_gone(Move& move, const MainExited& exited) {
    record_exit(move, exited);
    if (exited.nothing_left) {
        ended(move);
    } else {
        terminate(move);
    }
}

Step in_rest(Move move) {
    if (is<StartRequested>(move.event)) {
        enter_start(move);
    } else if (is<StopRequested>(move.event)) {
        finish(move);
    }
    return move.done();
}

void out_of_resources(Move& move) {
    // Trying again would meet the same refusal.
    move.m.ready = false;
    move.m.ever_ready = false;
    move.fail(ServiceResult::resources);
    terminate(move);
}

Step in_start(Move move) {
    const bool by_notification = move.policy.type == ServiceType::notify;
    if (by_notification ? is<NotifiedReady>(move.event) : is<MainStarted>(move.event)) {
        become_ready(move);
    } else if (const auto* failed_exec = get<ExecFailed>(move.event)) {
        move.m.main_alive = false;
        move.m.exit = {ExitKind::exec_failed, failed_exec->error, failed_exec->stage};
        move.fail(failed_exec->stage == ExecStage::none ? ServiceResult::resources
                                                        : ServiceResult::exit_code);
        ended(move);
    } else if (const auto* exited = get<MainExited>(move.event)) {
        if (result_of(exited->exit, move.policy) == ServiceResult::success) {
            move.fail(ServiceResult::protocol);
        }
        main_gone(move, *exited);
    } else if (const auto* extend = get<NotifiedExtend>(move.event)) {
        // Never shortened (systemd, service_extend_timeout).
        if (after(move.event.at, extend->by) > move.m.deadline) {
            move.arm(extend->by);
        }
        move.emit(AskForTime{extend->by});
    } else if (is<TimerElapsed>(move.event)) {
        move.fail(ServiceResult::timeout);
        terminate(move);
    } else if (is<OutOfResources>(move.event)) {
        out_of_resources(move);
    } else if (is<StopRequested>(move.event)) {
        request_stop(move);
        terminate(move);
    } else if (is<ReloadRequested>(move.event)) {
        move.emit(ReportReload{false});
    }
    return move.done();
}

void start_reload(Move& move) {
    move.m.state = reload;
    move.emit(AnnounceReloading{});
    move.emit(Reload{});
}

Step in_running(Move move) {
    if (const auto* exited = get<MainExited>(move.event)) {
        main_gone(move, *exited);
    } else if (is<StopRequested>(move.event)) {
        request_stop(move);
        terminate(move);
    } else if (is<NotifiedStopping>(move.event)) {
        // The service stops by itself: no signal, but no more time than a stop gets either.
        move.m.state = stop_sigterm;
        move.emit(AnnounceStopping{});
        move.emit(AskForTime{move.policy.timeout_stop});
        move.arm(move.policy.timeout_stop);
    } else if (is<OutOfResources>(move.event)) {
        out_of_resources(move);
    } else if (is<ReloadRequested>(move.event)) {
        start_reload(move);
    }
    return move.done();
}

Step in_reload(Move move) {
    if (const auto* finished = get<ReloadFinished>(move.event)) {
        move.m.state = running;
        move.emit(AnnounceReloaded{});
        move.emit(ReportReload{finished->ok});
        if (move.m.reload_again) {
            // What was to be read may have changed since the first one read it.
            move.m.reload_again = false;
            start_reload(move);
        }
    } else if (is<ReloadRequested>(move.event)) {
        move.m.reload_again = true;
    } else if (is<MainExited>(move.event) || is<StopRequested>(move.event) ||
               is<NotifiedStopping>(move.event)) {
        move.emit(ReportReload{false});
        return in_running(std::move(move));
    }
    return move.done();
}

Step in_stop(Move move) {
    Machine& m = move.m;
    if (const auto* exited = get<MainExited>(move.event)) {
        record_exit(move, *exited);
        if (exited->nothing_left) {
            ended(move);
        } else if (m.state == stop_sigterm) {
            // After STOPPING=1 of its own the service got no signal; what it leaves behind does.
            send_kill_signal(move);
        }
    } else if (is<TreeEmpty>(move.event) && !m.main_alive) {
        ended(move);
    } else if (is<StopRequested>(move.event)) {
        if (!m.stop_requested) {
            request_stop(move);
            send_kill_signal(move);
        }
    } else if (const auto* extend = get<NotifiedExtend>(move.event)) {
        if (after(move.event.at, extend->by) > m.deadline) {
            move.arm(extend->by);
        }
        move.emit(AskForTime{extend->by});
    } else if (is<TimerElapsed>(move.event)) {
        move.fail(ServiceResult::timeout);
        if (m.state == stop_sigkill) {
            // Uninterruptible survivors: a second copy beside them would be worse than none.
            finish(move);
            return move.done();
        }
        m.state = stop_sigkill;
        move.emit(AskForTime{move.policy.timeout_stop});
        move.emit(KillTree{});
        move.arm(move.policy.timeout_stop);
    } else if (is<ReloadRequested>(move.event)) {
        move.emit(ReportReload{false});
    }
    return move.done();
}

Step in_auto_restart(Move move) {
    if (is<TimerElapsed>(move.event)) {
        enter_start(move);
    } else if (is<StopRequested>(move.event)) {
        // The failure that made us wait was answered by the restart that now will not be.
        move.m.result = ServiceResult::success;
        request_stop(move);
        finish(move);
    } else if (is<ReloadRequested>(move.event)) {
        move.emit(ReportReload{false});
    }
    return move.done();
}

} // namespace

Step step(const Machine& machine, const Policy& policy, const Event& event) {
    Move move{machine, policy, event};
    if (is<TimerElapsed>(event) && event.at < machine.deadline) {
        return move.done(); // of a timer that was set again meanwhile
    }
    switch (machine.state) {
    case dead:
    case failed:
        return in_rest(std::move(move));
    case ServiceState::start:
        return in_start(std::move(move));
    case running:
        return in_running(std::move(move));
    case reload:
        return in_reload(std::move(move));
    case stop_sigterm:
    case stop_sigkill:
        return in_stop(std::move(move));
    case auto_restart:
        return in_auto_restart(std::move(move));
    }
    return move.done();
}

ServiceResult result_of(const MainExit& exit, const Policy& policy) {
    if (exit.kind == ExitKind::exec_failed) {
        return ServiceResult::exit_code;
    }
    if (policy.ignore_failure || policy.success_exit_status.contains(exit)) {
        return ServiceResult::success;
    }
    switch (exit.kind) {
    case ExitKind::exited:
        return exit.status == 0 ? ServiceResult::success : ServiceResult::exit_code;
    case ExitKind::killed: {
        constexpr int clean[] = {SIGHUP, SIGINT, SIGTERM, SIGPIPE};
        const bool is_clean =
            std::find(std::begin(clean), std::end(clean), exit.status) != std::end(clean);
        return is_clean ? ServiceResult::success : ServiceResult::signal;
    }
    case ExitKind::dumped:
        return ServiceResult::core_dump;
    case ExitKind::none:
    case ExitKind::exec_failed:
        break;
    }
    return ServiceResult::exit_code;
}

bool restarts_after(Restart restart, ServiceResult result) {
    const bool clean = result == ServiceResult::success;
    switch (restart) {
    case Restart::no:
        return false;
    case Restart::always:
        return true;
    case Restart::on_success:
        return clean;
    case Restart::on_failure:
        return !clean;
    case Restart::on_abnormal:
        return !clean && result != ServiceResult::exit_code;
    case Restart::on_abort:
        return result == ServiceResult::signal || result == ServiceResult::core_dump;
    case Restart::on_watchdog:
        return false; // no service without a watchdog ends by it
    }
    return false;
}

} // namespace amphid
