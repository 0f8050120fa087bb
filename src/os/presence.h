// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <optional>
#include <string>
#include <sys/types.h>

namespace amphid {

/// Shows that the launcher of a service lives, as long as the descriptor is held: an abstract
/// socket, whose name nobody can remove, whatever becomes of the path that it is named after, the
/// runtime directory or the configuration. It takes no messages. Empty where the name is taken, or
/// there are no such sockets.
Fd show_presence(const std::string& path);

/// A launcher that shows its presence.
struct Present {
    Fd process;
    pid_t pid = 0;
};

/// The launcher of that user that is present; another user who has taken the name does not count.
std::optional<Present> find_present(const std::string& path, uid_t owner);

} // namespace amphid
