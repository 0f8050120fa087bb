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
    bool last;  // the last component, unless it is a link
    int number; // it is open as this descriptor (O_PATH)
};

/// True if nobody in our container can write to it, whatever its mode: we are its PID 1, and the
/// mount is read-only, as those of Kubernetes' ConfigMaps are. Elsewhere a read-only mount proves
/// nothing: systemd's generators and services with ProtectSystem= see one of what others may write.
bool is_read_only_here(const WayPart& part);

/// True for a directory in which everybody may replace everybody's files.
bool is_shared(const WayPart& part);

/// Resolves an absolute path like the kernel, with links, one component at a time. Each is held
/// open while it is examined, so that nobody can replace it. `judge` is called for each before it
/// is entered, and may throw. `create` makes missing directories, 0755, and 0700 in a shared one.
/// Returns the final object (O_PATH); empty, with errno, if it cannot be reached.
Fd follow_path(const std::string& path, bool create,
               const std::function<void(const WayPart&)>& judge);

} // namespace amphid
