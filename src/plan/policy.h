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

/// Exit codes and signals; `success-exit-status` and its kin.
struct ExitStatusSet {
    std::vector<int> codes;
    std::vector<int> signals;

    bool contains(const MainExit& exit) const {
        // A core dump is never a success (systemd, is_clean_exit).
        const bool counts = exit.kind == ExitKind::exited || exit.kind == ExitKind::killed;
        const auto& list = exit.kind == ExitKind::exited ? codes : signals;
        return counts && std::find(list.begin(), list.end(), exit.status) != list.end();
    }
    /// For restart-prevent-exit-status and its twin, to which a core dump is a signal like others
    /// and a failed exec is the exit of systemd's executor (systemd, exit_status_set_test).
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

/// What the machine needs to know of a service; the rest of the Plan does not change its decisions.
struct Policy {
    ServiceType type = ServiceType::exec;
    Restart restart = Restart::no;
    /// False where systemd restarts: the end of the service is then the end of the launcher.
    bool restart_is_ours = true;
    /// A first start that fails is tried again as `restart` says, like every later one.
    bool retries_first_start = true;
    TimeSpan restart_delay = milliseconds(100);
    /// The delay grows to this one in so many restarts; 0: it does not.
    unsigned restart_steps = 0;
    TimeSpan restart_max_delay = TimeSpan::infinity();
    unsigned start_limit_burst = 5;
    TimeSpan start_limit_interval = seconds(10);
    TimeSpan timeout_start = seconds(90);
    TimeSpan timeout_stop = seconds(90);
    /// How long a service that is up goes on after its stop was announced.
    TimeSpan drain;
    /// There are conditions of [ready] on top of what `type` asks for.
    bool has_conditions = false;
    TimeSpan timeout_abort = seconds(90);
    /// How long the service may be up; systemd.service(5), RuntimeMaxSec=.
    TimeSpan runtime_max = TimeSpan::infinity();
    /// What the service says of itself is heard: notify-access is not none.
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
