// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "plan/socket.h"

#include <vector>

namespace amphid {

/// Creates and binds the socket, or creates and opens the fifo. A socket in the file system whose
/// listener is gone is replaced. Leaves nothing behind if it fails. Throws OsError.
Fd listen_on(const Socket& socket);

/// Removes its path and symlinks from the file system.
void remove_socket(const Socket& socket);

/// Whether the descriptor is this very socket.
bool is_bound_as(int fd, const Socket& socket);

/// Takes duplicates of those that a process holds, as far as the kernel permits it
/// (pidfd_getfd(2)): one for each of `sockets`, empty where it has none. `process` is the pidfd of
/// `pid`.
std::vector<Fd> take_sockets(const Fd& process, int pid, const std::vector<Socket>& sockets);

} // namespace amphid
