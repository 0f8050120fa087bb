// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <functional>
#include <string>
#include <sys/stat.h>

namespace amphid {

/// One component on the way down a path: a directory, a symbolic link, at the end also a file.
struct WayPart {
    std::string path; // where it is, the links before it followed
    struct stat about;
    bool last; // nothing follows, unless it is a link
};

/// Follows an absolute path as the kernel does, links and all, one component at a time, and holds
/// each while it is looked at, so that nobody can swap it meanwhile. `judge` sees each before it is
/// entered, and may throw. `create` makes missing directories, 0755. Returns where it ends
/// (O_PATH); empty, with errno, where the way ends before.
Fd follow_path(const std::string& path, bool create,
               const std::function<void(const WayPart&)>& judge);

} // namespace amphid
