// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/kernel.h"

#include "base/text.h"
#include "os/os_error.h"
#include "os/process.h"

#include <array>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amphid {

namespace {

/// Not by /proc/PID/stat: for our run time in it the kernel accounts it up to this moment, and on a
/// busy machine another process has its turn then.
bool proc_shows_us() {
    std::array<char, 16> number;
    const ssize_t size = ::readlink("/proc/self", number.data(), number.size());
    return size > 0 &&
           std::string_view(number.data(), static_cast<std::size_t>(size)) == concat(::getpid());
}

} // namespace

void require_process_handles() {
    if (!proc_shows_us()) {
        throw OsError("cannot do without", "/proc",
                      "it is not mounted, or belongs to another PID namespace", ENOENT);
    }
    // With fewer, existing files could not be read and would seem to be missing.
    constexpr rlim_t fewest = 32;
    rlimit descriptors{};
    if (::getrlimit(RLIMIT_NOFILE, &descriptors) == 0 && descriptors.rlim_cur < fewest) {
        throw OsError("cannot do with", concat(descriptors.rlim_cur, " file descriptors"),
                      concat("at least ", fewest, " are needed (RLIMIT_NOFILE)"), EMFILE);
    }
    const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, ::getpid(), 0)));
    if (!process || !send_signal(process, 0)) {
        const int error = errno;
        throw OsError("cannot do without", "pidfds",
                      concat(std::strerror(error), " (the kernel is older than 5.3, or a sandbox "
                                                   "denies pidfd_open or pidfd_send_signal)"),
                      error);
    }
}

void require_keyrings() {
    constexpr int get_id = 0; // linux/keyctl.h
    constexpr int session_keyring = -3;
    if (::syscall(SYS_keyctl, get_id, session_keyring, 0, 0, 0) < 0) {
        throw OsError("cannot apply", "the key keyring-mode",
                      concat("KEYRING: ", std::strerror(errno)), errno);
    }
}

} // namespace amphid
