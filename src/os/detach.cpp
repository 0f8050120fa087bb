// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/detach.h"

#include "os/os_error.h"

#include <csignal>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {

void ensure_standard_descriptors() {
    for (int number = 0; number <= 2; ++number) {
        if (::fcntl(number, F_GETFD) < 0) {
            // The lowest free number is this one.
            checked(::open("/dev/null", O_RDWR | O_NOCTTY), "cannot open", "/dev/null");
        }
    }
}

void reset_signals() {
    for (int signal = 1; signal < NSIG; ++signal) {
        struct sigaction action {};
        action.sa_handler = SIG_DFL;
        ::sigaction(signal, &action, nullptr); // fails for KILL, STOP and libc's own two
    }
}

void close_inherited_descriptors() {
    ::syscall(SYS_close_range, 3U, ~0U, 0U);
}

bool detach() {
    // vfork, since nothing but setsid and the second fork happens on the shared memory; it saves
    // the copy of a page table that lives for microseconds. NOLINTNEXTLINE(clang-analyzer-*)
    const pid_t middle = checked(::vfork(), "cannot fork");
    if (middle == 0) {
        if (::setsid() < 0) { // NOLINT(clang-analyzer-unix.Vfork): see above
            ::_exit(1);
        }
        const pid_t daemon = ::fork();
        if (daemon != 0) {
            ::_exit(daemon < 0 ? 1 : 0);
        }
        return true;
    }
    int status = 0;
    while (::waitpid(middle, &status, 0) < 0 && errno == EINTR) {
    }
    if (status != 0) {
        throw OsError("cannot fork", "the daemon", EAGAIN);
    }
    return false;
}

void let_go_of_surroundings() {
    const int null =
        checked(::open("/dev/null", O_RDWR | O_NOCTTY | O_CLOEXEC), "cannot open", "/dev/null");
    for (int number = 0; number <= 2; ++number) {
        checked(::dup2(null, number), "cannot redirect", "a standard descriptor");
    }
    ::close(null);
    checked(::chdir("/"), "cannot change to", "/");
}

} // namespace amphid
