// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// Resolves a path like the kernel, with links, and throws OsError (EPERM) at the first component
/// that anybody but root and these users could have created or could change: it has another owner,
/// or group or others may write to it. World-writable directories are accepted if they are sticky,
/// and for PID 1 of a container anything on a read-only mount. A path that does not exist is
/// accepted.
void require_trusted(const std::string& path, const std::vector<uid_t>& trusted);

} // namespace amphid
