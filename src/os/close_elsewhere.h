// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <vector>

namespace amphid {

/// Closes descriptors that somebody else chose, without waiting for it: close(2) of a socket may
/// linger, that of a file on FUSE or NFS waits for its server. A pipe is closed at once, which is
/// what answers a BARRIER=1, and so is an anonymous inode; anything else is left to a short-lived
/// process that shares our table of descriptors. That process sends no SIGCHLD and is no part of
/// the service (`is_closer`).
void close_elsewhere(std::vector<Fd> descriptors);

/// True for a child of ours that close_elsewhere has made, told by its exit signal of
/// proc_pid_stat(5): every other child, by fork or by adoption, has SIGCHLD.
constexpr bool is_closer(int exit_signal) {
    return exit_signal == 0;
}

} // namespace amphid
