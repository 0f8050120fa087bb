// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// Follows a path as the kernel does, links and all, and throws OsError (EPERM) at the first
/// component that somebody but root and these users could have put there or could change: its owner
/// is another, or group or others may write it. A directory that everybody may write is let pass
/// where it is sticky. What does not exist is nobody's fault.
void require_trusted(const std::string& path, const std::vector<uid_t>& trusted);

} // namespace amphid
