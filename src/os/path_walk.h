// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <functional>
#include <string>
#include <sys/stat.h>

namespace amphid {

/// One component of a path: a directory, a symbolic link, or at the end also a file.
struct WayPart {
    std::string path; // its path, with earlier links resolved
    struct stat about;
    bool last; // the last component, unless it is a link
};

/// Resolves an absolute path like the kernel, with links, one component at a time. Each is held
/// open while it is examined, so that nobody can replace it. `judge` is called for each before it
/// is entered, and may throw. `create` makes missing directories, 0755. Returns the final object
/// (O_PATH); empty, with errno, if it cannot be reached.
Fd follow_path(const std::string& path, bool create,
               const std::function<void(const WayPart&)>& judge);

} // namespace amphid
