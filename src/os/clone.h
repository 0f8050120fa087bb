// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <span>
#include <sys/types.h>

namespace amphid {

/// Runs `function(argument)`, which must not return, in a new process that shares our memory and
/// runs on this stack while we are suspended (vfork(2)'s semantics), created in the cgroup whose
/// directory is `cgroup`; -1: in ours. Moving it there afterwards would cost milliseconds (the
/// kernel waits for every CPU). Returns its PID, or -1 with errno.
pid_t clone_with_our_memory(int (*function)(void*), void* argument, std::span<char> stack,
                            int cgroup);

} // namespace amphid
