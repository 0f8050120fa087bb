// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// What the played service can wait for: signals it handles and files that appear.

#include "file.h"
#include "text.h"

#include <cstdlib>
#include <functional>
#include <map>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

namespace amphid::test {

/// Unblocks and resets a signal, then dies of it, without a core file of no use to anybody.
[[noreturn]] inline void die_of(int number) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::signal(number, SIG_DFL);
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, number);
    ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
    ::kill(::getpid(), number);
    for (;;)
        ::pause();
}

/// The signals that the service handles, and its one place to wait. Handled signals are blocked
/// and read from a signalfd, so that none is lost and handlers may do anything.
class Inbox {
public:
    using Handler = std::function<void()>;

    void handle(int number, Handler handler) {
        handlers_[number] = std::move(handler);
        watch(number);
    }

    /// Appends the name of every signal that arrives from now on to a file.
    void log_to(const std::string& file) {
        log_file_ = file;
        for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGTERM, SIGALRM,
                                 SIGWINCH, SIGPIPE, SIGURG, SIGIO, SIGPWR})
            watch(number);
        for (int number = SIGRTMIN; number <= SIGRTMAX; ++number)
            watch(number);
    }

    /// Returns when the file exists; handlers run meanwhile. Where the user's inotify instances
    /// are used up, it looks again every ten milliseconds.
    void await_file(const std::string& path) {
        const int changes = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        ::inotify_add_watch(changes, parent_of(path).c_str(), IN_CREATE | IN_MOVED_TO);
        while (!exists(path)) {
            wait(changes, changes < 0 ? 10 : -1);
            char drain[4096];
            while (::read(changes, drain, sizeof drain) > 0) {
            }
        }
        ::close(changes);
    }

    [[noreturn]] void wait_for_ever() {
        for (;;)
            wait(-1, -1);
    }

    /// Runs the handlers of what is pending, without waiting.
    void handle_pending() {
        signalfd_siginfo info{};
        while (signals_ >= 0 && ::read(signals_, &info, sizeof info) == sizeof info)
            take(static_cast<int>(info.ssi_signo));
    }

private:
    void watch(int number) {
        if (signals_ < 0)
            ::sigemptyset(&watched_);
        ::sigaddset(&watched_, number);
        ::sigprocmask(SIG_BLOCK, &watched_, nullptr);
        signals_ = ::signalfd(signals_, &watched_, SFD_CLOEXEC | SFD_NONBLOCK);
    }

    void wait(int extra, int milliseconds) {
        pollfd ready[] = {{signals_, POLLIN, 0}, {extra, POLLIN, 0}};
        ::poll(ready, 2, milliseconds);
        handle_pending();
    }

    void take(int number) {
        if (!log_file_.empty())
            append_line(log_file_, signal_word(number));
        if (const auto found = handlers_.find(number); found != handlers_.end())
            found->second();
        else if (log_file_.empty())
            die_of(number);
    }

    std::map<int, Handler> handlers_;
    std::string log_file_;
    sigset_t watched_{};
    int signals_ = -1;
};

} // namespace amphid::test
