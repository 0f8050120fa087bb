// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/detach.h"

#include "base/signal_name.h"
#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {

void ensure_standard_descriptors() {
    for (int number = 0; number <= 2; ++number) {
        if (::fcntl(number, F_GETFD) < 0) {
            // open() returns the lowest free number.
            checked(::open("/dev/null", O_RDWR | O_NOCTTY), "cannot open", "/dev/null");
        }
    }
}

void reset_signals() {
    struct sigaction hang_up {};
    ::sigaction(SIGHUP, nullptr, &hang_up);
    // All zeros are SIG_DFL to the kernel, however large its struct sigaction is. libc's function
    // would skip its own two, 32 and 33.
    const std::array<std::uint64_t, 8> by_default{};
    for (int signal = 1; signal < NSIG; ++signal) {
        if (signal == SIGHUP && hang_up.sa_handler == SIG_IGN) {
            continue;
        }
        // Fails for KILL and STOP.
        ::syscall(SYS_rt_sigaction, signal, by_default.data(), nullptr, sizeof(std::uint64_t));
    }
}

bool take_hang_up() {
    struct sigaction action {};
    action.sa_handler = SIG_DFL;
    struct sigaction before {};
    ::sigaction(SIGHUP, &action, &before);
    return before.sa_handler == SIG_IGN;
}

namespace {

/// CLOSE_RANGE_CLOEXEC of Linux 5.11, which older headers lack.
constexpr unsigned close_on_exec = 1U << 2;

constexpr int first_inherited = 3;

/// close_range(2), with a fallback for older kernels and seccomp filters that deny it.
template <class Slowly>
void for_all_from(int first, unsigned flags, Slowly slowly) {
    if (::syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, flags) == 0) {
        return;
    }
    for (const std::string& name : names_in("/proc/self/fd")) {
        const auto fd = parse_number<int>(name);
        if (fd && *fd >= first) {
            slowly(*fd);
        }
    }
}

} // namespace

Fd close_inherited_descriptors(int keep) {
    Fd kept;
    if (keep == first_inherited) {
        checked(::fcntl(keep, F_SETFD, FD_CLOEXEC), "cannot keep", "a descriptor");
        kept = Fd(keep);
    } else if (keep >= 0) {
        kept = Fd(checked(::dup3(keep, first_inherited, O_CLOEXEC), "cannot keep", "a descriptor"));
    }
    for_all_from(kept ? first_inherited + 1 : first_inherited, 0, [](int fd) { ::close(fd); });
    return kept;
}

void close_inherited_descriptors_but(const std::vector<Fd>& kept) {
    std::vector<int> numbers;
    for (const Fd& fd : kept) {
        numbers.push_back(fd.get());
    }
    const int highest = std::max(2, *std::max_element(numbers.begin(), numbers.end()));
    for (int fd = first_inherited; fd < highest; ++fd) {
        if (std::find(numbers.begin(), numbers.end(), fd) == numbers.end()) {
            ::close(fd);
        }
    }
    for_all_from(highest + 1, 0, [](int fd) { ::close(fd); });
}

void hide_inherited_descriptors() {
    for_all_from(first_inherited, close_on_exec, [](int fd) { ::fcntl(fd, F_SETFD, FD_CLOEXEC); });
}

std::vector<Fd> reserve_descriptors(std::size_t count, std::string_view action,
                                    const std::string& service) {
    std::vector<Fd> out;
    while (out.size() < count) {
        out.emplace_back(
            checked(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, first_inherited), action, service));
    }
    return out;
}

bool detach() {
    // vfork, since only setsid and the second fork happen on the shared memory; it saves copying
    // page tables for microseconds of use.
    volatile int error = 0; // written by the middle process in our memory
    // NOLINTNEXTLINE(clang-analyzer-*)
    const pid_t middle = checked(::vfork(), "cannot fork", "the daemon");
    if (middle == 0) {
        if (::setsid() < 0) { // NOLINT(clang-analyzer-unix.Vfork): see above
            error = errno;    // NOLINT(clang-analyzer-unix.Vfork)
            ::_exit(1);
        }
        const pid_t daemon = ::fork();
        if (daemon != 0) {
            error = daemon < 0 ? errno : 0; // NOLINT(clang-analyzer-unix.Vfork)
            ::_exit(daemon < 0 ? 1 : 0);
        }
        return true;
    }
    int status = 0;
    while (::waitpid(middle, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status)) {
        throw OsError(
            "cannot fork", "the daemon",
            concat("the process that forks it was killed by ", signal_name(WTERMSIG(status))),
            EINTR);
    }
    if (status != 0) {
        throw OsError("cannot fork", "the daemon", error);
    }
    return false;
}

void leave_directory() {
    checked(::chdir("/"), "cannot change to", "/");
}

void release_streams() {
    const int null =
        checked(::open("/dev/null", O_RDWR | O_NOCTTY | O_CLOEXEC), "cannot open", "/dev/null");
    for (int number = 0; number <= 2; ++number) {
        checked(::dup2(null, number), "cannot redirect", "a standard descriptor");
    }
    ::close(null);
}

} // namespace amphid
