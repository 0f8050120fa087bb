// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/path_watch.h"
#include "supervisor/processes.h"

#include <optional>

namespace amphid {

/// Type forking: finds the main process left by the start command, from the service's pid file, or
/// as the only process left. Reports MainFound or MainUnknown.
class MainSearch {
public:
    /// All references outlive it.
    MainSearch(Loop& loop, const Plan& plan, ActivationFacts& activation, EventQueue& events,
               Processes& processes, Log& log);

    /// Looks once; with `wait` continues until the pid file names the main process.
    void begin(bool wait);
    /// Gives up.
    void end();
    /// Reads the pid file again, and returns true if it names another process of the service than
    /// the current main process: a daemon may move to another process if it names that one before
    /// the first ends (systemd, service_sigchld_event()).
    bool follow();

private:
    void watch();
    void look();
    bool load_pid_file();
    bool refuse(std::string_view why, bool is_news = true);

    const Plan& plan_;
    ActivationFacts& activation_;
    EventQueue& events_;
    Processes& processes_;
    Log& log_;
    std::optional<PathWatch> path_;
    EventSource path_source_;
    Timer again_; // if there is no watch
};

} // namespace amphid
