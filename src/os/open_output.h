// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string>
#include <sys/types.h>

namespace amphid {

/// Opens a file for a service's output, and makes it where it is missing, 0666 without `umask`;
/// `flags` are open(2)'s O_APPEND or O_TRUNC. Follows a symbolic link only where nobody but us and
/// root can have put it. Throws OsError.
Fd open_output_file(const std::string& path, int flags, mode_t umask);

} // namespace amphid
