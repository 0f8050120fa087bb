// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/exit_code.h"
#include "base/time_span.h"
#include "plan/words.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <vector>

namespace amphid {

/// How a main process ended. `status` is the exit code, the signal or, for exec_failed, the errno.
struct MainExit {
    ExitKind kind = ExitKind::none;
    int status = 0;
    ExecStage stage = ExecStage::none;
    friend bool operator==(const MainExit&, const MainExit&) = default;
};

/// Exit codes and signals; `success-exit-status` and the like.
struct ExitStatusSet {
    std::vector<int> codes;
    std::vector<int> signals;

    bool contains(const MainExit& exit) const {
        // A core dump is never a success (systemd, is_clean_exit).
        const bool counts = exit.kind == ExitKind::exited || exit.kind == ExitKind::killed;
        const auto& list = exit.kind == ExitKind::exited ? codes : signals;
        return counts && std::find(list.begin(), list.end(), exit.status) != list.end();
    }
    /// For restart-prevent-exit-status and restart-force-exit-status: a core dump counts as its
    /// signal, a failed exec as the exit of systemd's executor (systemd, exit_status_set_test).
    bool names(const MainExit& exit) const {
        switch (exit.kind) {
        case ExitKind::exec_failed:
            return contains({ExitKind::exited, exit_status_of(exit.stage), ExecStage::none});
        case ExitKind::dumped:
            return contains({ExitKind::killed, exit.status, ExecStage::none});
        default:
            return contains(exit);
        }
    }
    friend bool operator==(const ExitStatusSet&, const ExitStatusSet&) = default;
};

/// The part of the Plan that the machine's decisions depend on.
struct Policy {
    ServiceType type = ServiceType::exec;
    Restart restart = Restart::no;
    /// False if systemd does the restarts: the launcher then exits when the service does.
    bool restart_is_ours = true;
    /// A failed first start is retried according to `restart`, like any later one.
    bool retries_first_start = true;
    TimeSpan restart_delay = milliseconds(100);
    /// The number of restarts in which the delay grows to the maximum; 0: it stays constant.
    unsigned restart_steps = 0;
    TimeSpan restart_max_delay = TimeSpan::infinity();
    unsigned start_limit_burst = 5;
    TimeSpan start_limit_interval = seconds(10);
    TimeSpan timeout_start = seconds(90);
    TimeSpan timeout_stop = seconds(90);
    /// How long the service goes on after its stop was announced.
    TimeSpan drain;
    /// [ready] has conditions besides what `type` requires.
    bool has_conditions = false;
    TimeSpan timeout_abort = seconds(90);
    /// systemd.service(5), RuntimeMaxSec=.
    TimeSpan runtime_max = TimeSpan::infinity();
    /// Notifications are accepted: notify-access is not none.
    bool hears_service = false;
    ExitStatusSet success_exit_status;
    ExitStatusSet restart_prevent_exit_status;
    ExitStatusSet restart_force_exit_status;
    bool remain_after_exit = false;
    /// Type forking: the service writes its main PID into a file.
    bool has_pid_file = false;
    KillMode kill_mode = KillMode::control_group;
    bool send_sigkill = true;
    /// For each command of each list, whether any exit counts as success (the prefix "-").
    std::array<std::vector<bool>, command_lists> ignored_failures;

    const std::vector<bool>& commands(CommandList list) const {
        return ignored_failures[static_cast<std::size_t>(list)];
    }
    bool ignores_failure(CommandList list, std::size_t index) const {
        return index < commands(list).size() && commands(list)[index];
    }
};

} // namespace amphid
