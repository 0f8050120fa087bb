// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string>
#include <sys/types.h>

namespace amphid {

/// Opens a file for a service's output, creating it with mode 0666 less `umask`; `flags` are
/// open(2)'s O_APPEND or O_TRUNC. Follows a symbolic link only if nobody but us and root can have
/// made it. Throws OsError.
Fd open_output_file(const std::string& path, int flags, mode_t umask);

} // namespace amphid
