// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <optional>
#include <string>
#include <sys/types.h>

namespace amphid {

/// Shows that a launcher of the service with this runtime directory lives, as long as the
/// descriptor is held, whatever becomes of the directory: an abstract socket, whose name nobody can
/// remove. It takes no messages. Empty where the name is taken, or there are no such sockets.
Fd show_presence(const std::string& directory);

/// A launcher that shows its presence.
struct Present {
    Fd process;
    pid_t pid = 0;
};

/// The launcher of that user that is present; another user who has taken the name does not count.
std::optional<Present> find_present(const std::string& directory, uid_t owner);

} // namespace amphid
