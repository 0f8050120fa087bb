// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/signals.h"

#include "os/os_error.h"

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

namespace amphid {

Fd open_signals() {
    // By bare system calls: libc leaves out 32 and 33, which its threads use, and any process of
    // our user could kill us with them.
    constexpr std::uint64_t all = ~std::uint64_t{0};
    checked(::syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, nullptr, sizeof all), "cannot block",
            "signals");
    return Fd(static_cast<int>(
        checked(::syscall(SYS_signalfd4, -1, &all, sizeof all, SFD_CLOEXEC | SFD_NONBLOCK),
                "cannot read", "signals by a signalfd")));
}

std::optional<signalfd_siginfo> next_signal(const Fd& signals) {
    signalfd_siginfo info{};
    const ssize_t n = ::read(signals.get(), &info, sizeof info);
    return n == static_cast<ssize_t>(sizeof info) ? std::optional(info) : std::nullopt;
}

void die_by_signal(int signal) {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    // A core_pattern that is a pipe ignores the limit.
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    ::sigaction(signal, &action, nullptr);
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, signal);
    ::raise(signal);
    ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
    ::_exit(128 + signal); // a signal that does not kill
}

} // namespace amphid
