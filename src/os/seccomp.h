// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/sandbox.h"

namespace amphid {

/// Compiles the filters that the settings ask for with libseccomp, which is loaded by a process of
/// its own: neither its code nor its memory stays in this one. Throws OsError with the keys as its
/// object.
std::vector<FilterProgram> compile_filters(const SandboxSettings& settings);

/// Has the kernel apply the program to this process from now on. Returns 0 or an errno; callable
/// between vfork and exec.
int apply_filter(const FilterProgram& program) noexcept;

} // namespace amphid
