// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/exit_code.h"
#include "base/time_span.h"
#include "plan/words.h"

#include <algorithm>
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
    friend bool operator==(const ExitStatusSet&, const ExitStatusSet&) = default;
};

/// What the machine needs to know of a service; the rest of the Plan does not change its decisions.
struct Policy {
    ServiceType type = ServiceType::exec;
    Restart restart = Restart::no;
    /// False where systemd restarts: the end of the service is then the end of the launcher.
    bool restart_is_ours = true;
    TimeSpan restart_delay = milliseconds(100);
    unsigned start_limit_burst = 5;
    TimeSpan start_limit_interval = seconds(10);
    TimeSpan timeout_start = seconds(90);
    TimeSpan timeout_stop = seconds(90);
    ExitStatusSet success_exit_status;
    /// The prefix "-" of exec-start: any exit counts as success.
    bool ignore_failure = false;
};

} // namespace amphid
