// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/process.h"
#include "supervisor/processes.h"

#include <csignal>
#include <fcntl.h>
#include <sys/wait.h>

// Sending signals to the processes of a service.

namespace amphid {

/// systemd.kill(5): SIGCONT follows, so that a stopped process handles it, and SIGHUP for shells.
std::vector<int> Processes::signals_for(Which which) const {
    std::vector<int> out{which == Which::kill           ? plan_.kill_signal
                         : which == Which::watchdog     ? plan_.watchdog_signal
                         : which == Which::restart_kill ? plan_.restart_kill_signal
                                                        : plan_.final_kill_signal};
    if (out.front() != SIGKILL) {
        out.push_back(SIGCONT);
    }
    if (plan_.send_sighup && which != Which::final_kill) {
        out.push_back(SIGHUP);
    }
    return out;
}

namespace {

/// Walking a tree needs a descriptor for /proc and one for a process.
bool has_descriptors_to_walk() {
    const Fd one(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const Fd other(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return one && other;
}

} // namespace

/// Our own children, with their process groups: their PIDs are not reused until we reap them.
void Processes::signal_children(int signal) const {
    if (foreign_main_) {
        send_signal(foreign_main_->process, signal);
    }
    for (const int pid : {foreign_main_ ? 0 : main_.pid, control_.pid}) {
        if (pid > 0) {
            ::kill(::getpgid(pid) == pid ? -pid : pid, signal);
        }
    }
}

void Processes::signal(const SignalTree& order, const std::function<bool(int pid)>& spare) {
    const std::vector<int> signals = signals_for(order.which);
    const bool final = order.which == Which::final_kill;
    if (final) {
        activation_.last_kill = order.whom;
    }
    if (tree_.inheritance()) {
        watch_rest_of_tree(); // while they can still be recognized
    }
    if (order.whom == Whom::everybody && !has_descriptors_to_walk()) {
        for (const int signal : signals) {
            signal_children(signal);
        }
    } else if (order.whom == Whom::everybody) {
        tree_.signal(signals, [&](int pid) { return !final && spare(pid); });
    } else {
        for (const int signal : signals) {
            signal_main(signal);
            if (control_.pid > 0) {
                ::kill(control_.pid, signal); // our child, not reaped yet
            }
        }
    }
    look_for_end_of_tree();
}

void Processes::signal_main(int signal) const {
    if (foreign_main_) {
        send_signal(foreign_main_->process, signal);
    } else if (main_.pid > 0) {
        ::kill(main_.pid, signal); // our child, not reaped yet
    }
}

void Processes::kill_control() const {
    if (control_.pid > 0) {
        tree_.kill_below(control_.pid);
    }
}

void Processes::kill_all_and_wait() {
    signal_main(SIGKILL);
    sigset_t children;
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    constexpr timespec a_while{0, 100'000'000};
    constexpr int most_walks = 100; // then an uninterruptible process is left to the kernel
    for (int walk = 0; walk < most_walks && !tree_.empty(); ++walk) {
        tree_.signal({SIGKILL});
        ::sigtimedwait(&children, nullptr, &a_while);
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
    }
    tree_.cgroup().remove();
    main_ = {};
    control_ = {};
}

} // namespace amphid
