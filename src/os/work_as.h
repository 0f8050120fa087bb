// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <functional>
#include <string_view>
#include <sys/types.h>

namespace amphid {

/// As root: runs `work` with the rights of another user, in a process and session of its own that
/// inherits nothing: no terminal, no descriptors, no environment. Its standard output and error are
/// passed to `hear`. If that user stops the process, it is continued. Returns the result of `work`,
/// or 128 + N if signal N killed it. Throws OsError.
int work_as(uid_t user, const std::function<int()>& work,
            const std::function<void(std::string_view)>& hear);

} // namespace amphid
