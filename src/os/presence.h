// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <optional>
#include <string>
#include <sys/types.h>

namespace amphid {

/// Shows that the launcher of a service is alive, as long as the descriptor is open: an abstract
/// socket, whose name cannot be removed, named after the runtime directory or the configuration,
/// whatever happens to that path. It accepts no messages. Empty if the name is taken or there are
/// no abstract sockets.
Fd show_presence(const std::string& path);

/// A launcher found by its presence.
struct Present {
    Fd process;
    pid_t pid = 0;
};

/// The launcher of that user; a socket of another user under the same name does not count.
std::optional<Present> find_present(const std::string& path, uid_t owner);

} // namespace amphid
