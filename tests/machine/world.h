// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/machine.h"

namespace amphid {

/// The processes of a service and its one timer, as the supervisor keeps them.
struct World {
    bool main = false;           // known as the main process
    bool control = false;        // the hook that the machine waits for
    bool control_killed = false; // it had its SIGKILL
    int others = 0;
    int overdue = 0; // hooks that nobody waits for any more
    bool awaits_pid_file = false;
    bool armed = false;
    Moment timer;
    Moment now = seconds(1000);

    bool empty() const { return !main && !control && others == 0 && overdue == 0; }
};

/// What an activation that went well so far fails by, found from the events alone.
struct Cause {
    using enum ServiceState;

    const Policy& policy;
    const Machine& before;
    std::size_t main_index; // of the command that the main process runs
    SpawnControl hook;      // the one that runs
    bool timer_counts;      // it elapsed when it was due

    template <class Other>
    ServiceResult operator()(const Other&) const {
        return ServiceResult::success;
    }
    ServiceResult operator()(const MainExited& e) const {
        if (e.exit.kind == ExitKind::unknown && is_stopping(before.state)) {
            return ServiceResult::success; // we asked for its end
        }
        const bool oneshot = policy.type == ServiceType::oneshot;
        const bool ignored = policy.ignores_failure(CommandList::exec_start, main_index);
        const ServiceResult result =
            ignored ? ServiceResult::success : result_of(e.exit, policy, !oneshot);
        const bool early = before.state == start && !oneshot && !before.control_alive;
        return result == ServiceResult::success && early ? ServiceResult::protocol : result;
    }
    ServiceResult operator()(const ControlExited& e) const {
        const ServiceState state = before.state;
        const bool counts = is_starting(state) || state == stop || state == stop_post;
        if (!counts || hook.list >= CommandList::on_success) {
            return ServiceResult::success;
        }
        const ServiceResult result =
            policy.ignores_failure(hook.list, hook.index)
                ? ServiceResult::success
                : result_of(e.exit, policy, hook.list == CommandList::exec_start);
        if (result == ServiceResult::success) {
            const bool asks = state == start && policy.has_conditions;
            return asks && e.nothing_left ? ServiceResult::protocol : result;
        }
        const bool skips = state == condition && e.exit.kind == ExitKind::exited &&
                           result == ServiceResult::exit_code && e.exit.status < 255;
        return skips ? ServiceResult::exec_condition : result;
    }
    ServiceResult operator()(const ExecFailed& e) const {
        if (before.state != start) {
            return ServiceResult::success; // a stop came first
        }
        return e.stage == ExecStage::none ? ServiceResult::resources : ServiceResult::exit_code;
    }
    ServiceResult operator()(const TimerElapsed&) const {
        const bool waits = is_starting(before.state) || before.state == running ||
                           is_stopping(before.state) || before.reload.hook == ReloadHook::moot;
        if (before.state == drain) {
            return ServiceResult::success; // what it waits for is just this
        }
        const bool tells = before.end_hooks != EndHooks::none;
        return timer_counts && waits && !tells ? ServiceResult::timeout : ServiceResult::success;
    }
    ServiceResult operator()(const TreeEmpty&) const {
        const bool early = before.state == start || before.state == start_post;
        const bool asks = before.asks && policy.type == ServiceType::forking;
        return early && (before.awaits_main || asks) ? ServiceResult::protocol
                                                     : ServiceResult::success;
    }
    ServiceResult operator()(const WatchdogFailed&) const {
        const ServiceState state = before.state;
        const bool ended = before.reload.hook == ReloadHook::moot;
        const bool counts = state == start || state == start_post || state == running ||
                            (is_reloading(state) && !ended);
        return counts ? ServiceResult::watchdog : ServiceResult::success;
    }
    ServiceResult operator()(const OutOfResources&) const {
        const ServiceState state = before.state;
        const bool ended = before.reload.hook == ReloadHook::moot;
        const bool counts =
            is_active(state) && !is_stopping(state) && state != auto_restart && !ended;
        return counts ? ServiceResult::resources : ServiceResult::success;
    }
};

} // namespace amphid
