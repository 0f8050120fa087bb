// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <vector>

namespace amphid {

/// Closes those descriptors whose close(2) waits for nobody, and takes them out of the list: pipes,
/// whose end is what answers a BARRIER=1, anonymous inodes, /dev/null and its kin.
void close_what_waits_for_nobody(std::vector<Fd>& descriptors);

/// Closes descriptors that somebody else chose, without waiting for it: close(2) of a socket may
/// linger, that of a file on FUSE or NFS waits for its server. What could wait is left to one
/// short-lived process for all of them, which shares our table of descriptors. That process sends
/// no SIGCHLD and is no part of the service (`is_closer`).
void close_elsewhere(std::vector<Fd> descriptors);

/// True for a child of ours that close_elsewhere has made, told by its exit signal of
/// proc_pid_stat(5): every other child, by fork or by adoption, has SIGCHLD.
constexpr bool is_closer(int exit_signal) {
    return exit_signal == 0;
}

} // namespace amphid
