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

/// More closers than this that do not end mean an attack.
constexpr std::size_t most_closers = 64;

/// Pipes, /dev/null and the like, and descriptors without a file type: eventfd, timerfd and other
/// anonymous inodes, which have no server and no peer. The check itself does not wait for a file
/// server.
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

/// Reaps the closers that have ended; returns how many are left.
std::size_t count_closers() {
    std::size_t alive = 0;
    for (const int child : children_of(::getpid())) {
        const auto stat = read_stat(child);
        if (stat && is_closer(stat->exit_signal)) {
            // By PID: __WCLONE alone would also reap a process that we trace.
            alive += ::waitpid(child, nullptr, __WCLONE | WNOHANG) == child ? 0 : 1;
        }
    }
    return alive;
}

/// The closer: on a copy of our memory, but sharing our descriptor table.
[[noreturn]] void close_all(const std::vector<Fd>& descriptors, pid_t launcher) {
    ::prctl(PR_SET_NAME, "(close)", 0, 0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); // our lock is in the table that it shares
    if (::getppid() != launcher) {
        ::_exit(0); // it was faster; closing at exit does not linger
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

void close_nonblocking(std::vector<Fd>& descriptors) {
    std::erase_if(descriptors, closes_at_once);
}

void close_elsewhere(std::vector<Fd> descriptors) {
    close_nonblocking(descriptors);
    if (descriptors.empty()) {
        return;
    }
    for (const Fd& fd : descriptors) {
        constexpr linger at_once{};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    if (count_closers() >= most_closers) {
        return; // the others may block, which is accepted here
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
