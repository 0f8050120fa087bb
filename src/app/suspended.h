// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>

namespace amphid {

/// Why a living process does not execute: a signal stopped it, or its cgroup is frozen
/// (cgroups(7)). Empty if it can execute. One that a debugger examines is not meant: somebody
/// attends to it.
std::string why_suspended(int pid);

} // namespace amphid
