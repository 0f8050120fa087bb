// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/path_watch.h"
#include "supervisor/processes.h"

#include <optional>

namespace amphid {

/// Type forking: finds the main process that the start command left, by the pid file that the
/// service writes, or as the only process left. Reports MainFound or MainUnknown.
class MainSearch {
public:
    /// All references outlive it.
    MainSearch(Loop& loop, const Plan& plan, ActivationFacts& activation, EventQueue& events,
               Processes& processes, Log& log);

    /// Looks once; with `wait` goes on until the pid file names the main process.
    void begin(bool wait);
    /// Gives up.
    void end();
    /// True where the pid file names another process of the service than the main process that is
    /// known: a daemon may move to another process if it names that one before the first ends
    /// (systemd, service_sigchld_event()).
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
    Timer again_; // where no watch can be had
};

} // namespace amphid
