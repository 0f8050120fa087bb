// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <vector>

namespace amphid {

/// Closes the descriptors whose close(2) cannot block, and removes them from the list: pipes, whose
/// closing answers a BARRIER=1, anonymous inodes, /dev/null and the like.
void close_nonblocking(std::vector<Fd>& descriptors);

/// Closes received descriptors without blocking: close(2) of a socket may linger, that of a file on
/// FUSE or NFS waits for its server. Those that could block are left to one short-lived process,
/// which shares our descriptor table. It sends no SIGCHLD and is not part of the service
/// (`is_closer`).
void close_elsewhere(std::vector<Fd> descriptors);

/// True for a child made by close_elsewhere, recognized by its exit signal (proc_pid_stat(5)):
/// every other child, forked or adopted, has SIGCHLD.
constexpr bool is_closer(int exit_signal) {
    return exit_signal == 0;
}

} // namespace amphid
