// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/close_elsewhere.h"

#include "os/process.h"
#include "os/tree.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

namespace amphid {

namespace {

/// More closers than this that do not end are somebody's attack.
constexpr std::size_t most_closers = 64;

/// Pipes, /dev/null and its kin, and what has no file type because it is no file: an eventfd, a
/// timerfd and the like (anonymous inodes), which no server and no peer stands behind. Asked
/// without waiting for whoever serves the file.
bool closes_at_once(const Fd& fd) {
    struct statx about {};
    constexpr int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
    if (::statx(fd.get(), "", flags, STATX_TYPE, &about) < 0) {
        return false;
    }
    constexpr unsigned memory_devices = 1;
    const bool anonymous = (about.stx_mode & S_IFMT) == 0;
    return anonymous || S_ISFIFO(about.stx_mode) ||
           (S_ISCHR(about.stx_mode) && about.stx_rdev_major == memory_devices);
}

/// Reaps the closers that have ended; how many have not.
std::size_t count_closers() {
    std::size_t alive = 0;
    for (const int child : children_of(::getpid())) {
        const auto stat = read_stat(child);
        if (stat && is_closer(stat->exit_signal)) {
            // By number: __WCLONE alone would take the death of a process that we trace, too.
            alive += ::waitpid(child, nullptr, __WCLONE | WNOHANG) == child ? 0 : 1;
        }
    }
    return alive;
}

/// The closer's life: on a copy of our memory, but on our very descriptors.
[[noreturn]] void close_all(const std::vector<Fd>& descriptors, pid_t launcher) {
    ::prctl(PR_SET_NAME, "(close)", 0, 0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); // our lock is in the table that it shares
    if (::getppid() != launcher) {
        ::_exit(0); // it was faster; who is exiting closes without lingering
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const Fd& fd : descriptors) {
        ::close(fd.get());
    }
    ::_exit(0);
}

} // namespace

void close_what_waits_for_nobody(std::vector<Fd>& descriptors) {
    std::erase_if(descriptors, closes_at_once);
}

void close_elsewhere(std::vector<Fd> descriptors) {
    close_what_waits_for_nobody(descriptors);
    if (descriptors.empty()) {
        return;
    }
    for (const Fd& fd : descriptors) {
        constexpr linger at_once{};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    if (count_closers() >= most_closers) {
        return; // those that linger no more, and the risk of the others
    }
    const pid_t launcher = ::getpid();
    const long closer = ::syscall(SYS_clone, CLONE_FILES, nullptr, nullptr, nullptr, nullptr);
    if (closer == 0) {
        close_all(descriptors, launcher);
    }
    for (Fd& fd : descriptors) {
        if (closer > 0) {
            fd.release();
        }
    }
}

} // namespace amphid
