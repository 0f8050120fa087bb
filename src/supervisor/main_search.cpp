// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/main_search.h"

#include "base/text.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/process.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace amphid {

MainSearch::MainSearch(Loop& loop, const Plan& plan, ActivationFacts& activation,
                       EventQueue& events, Processes& processes, Log& log)
    : plan_(plan), activation_(activation), events_(events), processes_(processes), log_(log),
      path_source_(loop, Turn::processes, [this] { look(); }),
      again_(loop, Turn::processes, [this] { look(); }) {}

void MainSearch::begin(bool wait) {
    activation_.refused_pid_file.clear();
    if (plan_.forking_pid_file.empty()) {
        // systemd, unit_search_main_pid(): the one process that the start command left to us.
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
                   concat(plan_.name, ": main process ", before, " is followed by ",
                          processes_.main_pid(), ", which ", plan_.forking_pid_file, " names"));
    }
    return true;
}

/// Where inotify has no instance left for us, we look again and again.
void MainSearch::watch() {
    try {
        path_.emplace(plan_.forking_pid_file);
        path_source_.on(path_->fd());
    } catch (const OsError& error) {
        end();
        log_.write(LOG_WARNING,
                   concat(plan_.name, ": ", error.what(), ": looking every 100ms instead"));
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

/// systemd, service_load_pid_file(): the first line names a living process that is neither we nor
/// the start command; and of ours alone, whoever wrote the file.
bool MainSearch::load_pid_file() {
    const std::string& path = plan_.forking_pid_file;
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    struct stat st {};
    if (!file || ::fstat(file.get(), &st) < 0 || !S_ISREG(st.st_mode)) {
        return false;
    }
    const std::string text = read_all(file.get(), 4096).value_or("");
    std::string_view line = std::string_view(text).substr(0, text.find('\n'));
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) {
        line.remove_suffix(1);
    }
    const auto pid = parse_number<int>(line);
    if (pid && *pid == processes_.main_pid()) {
        return false; // known, or just ended
    }
    if (!pid || *pid <= 0) {
        return refuse("there is no PID in its first line");
    }
    const auto stat = read_stat(*pid);
    if (!stat || stat->state == 'Z') {
        return refuse(concat("there is no process ", *pid));
    }
    if (*pid == processes_.control_pid() || !processes_.contains(*pid)) {
        return refuse(concat("process ", *pid, " is none of this service's daemons"));
    }
    processes_.set_main(*pid);
    return true;
}

bool MainSearch::refuse(std::string_view why) {
    std::string words = concat(plan_.forking_pid_file, ": ", why);
    if (words != activation_.refused_pid_file) {
        log_.write(LOG_WARNING, concat(plan_.name, ": ", words));
        activation_.refused_pid_file = std::move(words);
    }
    return false;
}

} // namespace amphid
