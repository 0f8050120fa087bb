// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/main_search.h"

#include "base/text.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/process.h"
#include "plan/pid_file.h"

#include <cerrno>
#include <cstring>

namespace amphid {

MainSearch::MainSearch(Loop& loop, const Plan& plan, ActivationFacts& activation,
                       EventQueue& events, Processes& processes, Log& log)
    : plan_(plan), activation_(activation), events_(events), processes_(processes), log_(log),
      path_source_(loop, Turn::processes, [this] { look(); }),
      again_(loop, Turn::processes, [this] { look(); }) {}

void MainSearch::begin(bool wait) {
    activation_.refused_pid_file.clear();
    if (plan_.forking_pid_file.empty()) {
        // systemd, unit_search_main_pid(): the only process that the start command left.
        const auto children = processes_.children();
        if (children.size() == 1) {
            processes_.set_main(children.front());
        }
        children.size() == 1 ? events_.post(MainFound{}) : events_.post(MainUnknown{});
        return;
    }
    if (!wait) {
        load_pid_file() ? events_.post(MainFound{}) : events_.post(MainUnknown{});
        return;
    }
    watch();
    look();
    if (processes_.nobody_left()) {
        events_.post(TreeEmpty{});
    }
}

void MainSearch::end() {
    path_source_.off();
    path_.reset();
    again_.set(TimeSpan::infinity());
}

bool MainSearch::follow() {
    const int before = processes_.main_pid();
    if (plan_.forking_pid_file.empty() || !load_pid_file()) {
        return false;
    }
    if (before > 0) {
        log_.write(LOG_INFO,
                   concat(plan_.name, ": main process ", before, " is succeeded by ",
                          processes_.main_pid(), ", according to ", plan_.forking_pid_file));
    }
    return true;
}

/// Without an inotify instance we poll.
void MainSearch::watch() {
    try {
        path_.emplace(plan_.forking_pid_file);
        path_source_.on(path_->fd());
    } catch (const OsError& error) {
        end();
        log_.write(LOG_WARNING,
                   concat(plan_.name, ": ", error.what(), ": polling every 100ms instead"));
    }
}

void MainSearch::look() {
    if (path_) {
        path_->refresh(); // first, so that no change falls in between
    }
    if (load_pid_file()) {
        end();
        events_.post(MainFound{});
    } else if (!path_) {
        again_.set(after(monotonic_now(), milliseconds(100)));
    }
}

/// systemd, service_load_pid_file(): the first line names a living process that is neither us nor
/// the start command; and in addition it must belong to the service.
bool MainSearch::load_pid_file() {
    const auto text = read_file_of_daemon(plan_.forking_pid_file);
    if (!text) {
        return refuse(std::strerror(errno), errno != ENOENT);
    }
    const auto parsed = parse_pid_file(*text);
    if (const auto* why = std::get_if<std::string>(&parsed)) {
        return refuse(*why);
    }
    const int pid = std::get<int>(parsed);
    if (pid == processes_.main_pid()) {
        return false; // known, or just ended
    }
    const auto stat = read_stat(pid);
    if (!stat || stat->state == 'Z') {
        return refuse(concat("PID ", pid, " does not exist"));
    }
    if (pid == processes_.control_pid() || !processes_.contains(pid)) {
        return refuse(concat("PID ", pid, " does not belong to this service"));
    }
    activation_.refused_pid_file.clear();
    processes_.set_main(pid);
    return true;
}

/// Kept for the message of a start that fails because of it; logged only if it is new.
bool MainSearch::refuse(std::string_view why, bool is_news) {
    std::string words = concat(plan_.forking_pid_file, ": ", why);
    if (words != activation_.refused_pid_file && is_news) {
        log_.write(LOG_WARNING, concat(plan_.name, ": ", words));
    }
    activation_.refused_pid_file = std::move(words);
    return false;
}

} // namespace amphid
