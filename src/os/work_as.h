// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <functional>
#include <string_view>
#include <sys/types.h>

namespace amphid {

/// As root: runs `work` with the rights of another user, in a process and a session of its own that
/// has nothing of ours: no terminal, no descriptor, no environment. What it writes to standard
/// output and error comes to `hear`. That user may stop the process; it is continued, since
/// somebody waits for it. Returns what `work` returned, 128 + N where signal N ended it. Throws
/// OsError.
int work_as(uid_t user, const std::function<int()>& work,
            const std::function<void(std::string_view)>& hear);

} // namespace amphid
