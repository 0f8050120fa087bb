// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/watch_run.h"

#include "app/console.h"
#include "app/service.h"
#include "base/text.h"
#include "os/change_watch.h"
#include "os/clock.h"
#include "os/process.h"
#include "os/read_host.h"
#include "os/signals.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {

namespace {

// A save is several events, and a build many: they are one change if they follow each other.
constexpr TimeSpan quiet_time{100'000};
constexpr TimeSpan longest_wait{2'000'000};

/// The child's end, as waitpid(2) reports it.
int finish(int status) {
    if (WIFSIGNALED(status)) {
        die_by_signal(WTERMSIG(status));
    }
    return WEXITSTATUS(status);
}

std::string text_of_end(int status) {
    return WIFSIGNALED(status) ? concat("ended by SIG", ::sigabbrev_np(WTERMSIG(status)))
                               : concat("ended with code ", WEXITSTATUS(status));
}

class WatchedRun {
public:
    WatchedRun(std::string name, const Arguments& arguments, const std::function<int()>& run)
        : name_(std::move(name)), quiet_(arguments.volume == Volume::quiet), run_(run) {
        sigset_t set;
        ::sigemptyset(&set);
        // SIGTSTP stops us like everybody at this terminal.
        for (const int signal : {SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP}) {
            ::sigaddset(&set, signal);
        }
        ::sigprocmask(SIG_BLOCK, &set, &before_);
        signals_ = Fd(checked(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "cannot read",
                              "signals by a signalfd"));
    }

    void add_paths(const std::vector<std::string>& paths, const std::string& directory) {
        for (const std::string& path : paths) {
            watch_.add(path.starts_with('/') ? path : concat(directory, '/', path));
        }
    }

    /// Changes of its configuration count, too.
    void add_configuration(const ServiceFile& file) {
        std::vector<std::string> paths = file.drop_ins;
        paths.push_back(file.path);
        for (const std::string& path : paths) {
            if (::access(path.c_str(), F_OK) == 0) {
                watch_.add(path);
            }
        }
    }

    int live() {
        start();
        for (;;) {
            std::array<pollfd, 2> events{pollfd{watch_.fd(), POLLIN, 0},
                                         pollfd{signals_.get(), POLLIN, 0}};
            ::poll(events.data(), events.size(), remaining_ms());
            while (const auto signal = next_signal(signals_)) {
                on_signal(*signal);
            }
            if (const auto code = reap()) {
                return *code;
            }
            look_for_changes();
        }
    }

private:
    void say(std::string_view text) const {
        if (!quiet_) {
            print_error(concat(name_, ": ", text));
        }
    }

    void start() {
        const pid_t parent = ::getpid();
        child_ = checked(::fork(), "cannot fork", concat("a launcher of ", name_));
        if (child_ == 0) {
            signals_.reset();
            ::prctl(PR_SET_PDEATHSIG, SIGTERM);
            if (::getppid() != parent) {
                ::_exit(code_of(ExitCode::failure));
            }
            ::sigprocmask(SIG_SETMASK, &before_, nullptr);
            ::_exit(report_failures(run_));
        }
        process_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, child_, 0)));
    }

    void stop() {
        if (child_ > 0 && !send_signal_as(::getuid(), process_, SIGTERM, restart_word)) {
            throw OsError("cannot stop", concat(name_, ", PID ", child_));
        }
    }

    /// The terminal's signals are for all of us; others have come to this process alone.
    void on_signal(const signalfd_siginfo& info) {
        const auto signal = static_cast<int>(info.ssi_signo);
        if (signal == SIGCHLD) {
            return;
        }
        ends_by_ = signal;
        if (child_ > 0 && info.ssi_code != SI_KERNEL) {
            send_signal(process_, signal);
        }
    }

    /// The code to end with, if this is the end.
    std::optional<int> reap() {
        int status = 0;
        for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
            if (pid != child_) {
                continue; // as PID 1
            }
            child_ = 0;
            if (ends_by_ != 0) {
                return finish(status);
            }
            if (restarts_) {
                restarts_ = false;
                start();
            } else {
                say(concat(text_of_end(status), "; waiting for a change"));
            }
        }
        if (child_ == 0 && ends_by_ != 0) {
            die_by_signal(ends_by_);
        }
        return std::nullopt;
    }

    void look_for_changes() {
        if (std::string path = watch_.take(); !path.empty()) {
            last_ = monotonic_now();
            if (changed_.empty()) {
                first_ = last_;
                changed_ = std::move(path);
            }
        }
        if (changed_.empty() || remaining_ms() > 0 || ends_by_ != 0) {
            return;
        }
        say(concat(printable(changed_), " changed; ", child_ > 0 ? "restarting" : "starting"));
        changed_.clear();
        if (child_ > 0) {
            restarts_ = true;
            stop();
        } else {
            start();
        }
    }

    /// Until the change counts; -1: there is none.
    int remaining_ms() const {
        if (changed_.empty()) {
            return -1;
        }
        const std::int64_t at =
            std::min(last_.usec + quiet_time.usec, first_.usec + longest_wait.usec);
        return static_cast<int>(
            std::max<std::int64_t>(0, (at - monotonic_now().usec + 999) / 1000));
    }

    std::string name_;
    bool quiet_;
    const std::function<int()>& run_;
    ChangeWatch watch_;
    Fd signals_;
    sigset_t before_{};
    pid_t child_ = 0; // 0: none
    Fd process_;      // its pidfd
    bool restarts_ = false;
    int ends_by_ = 0; // the signal that ends this run
    std::string changed_;
    TimeSpan first_{}; // of the changes since the last start
    TimeSpan last_{};
};

} // namespace

int run_watched(const Arguments& arguments, const std::function<int()>& run) {
    const Host host = read_host();
    const std::string& word = arguments.operands.front();
    const ServiceFile file =
        arguments.is_program ? program_in_place_of_file(word, host) : locate(word, host);
    WatchedRun watched(file.stem, arguments, run);
    watched.add_paths(arguments.watched, host.working_directory);
    if (!file.is_program) {
        watched.add_configuration(file);
    }
    return watched.live();
}

} // namespace amphid
