// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/volume.h"
#include "os/fd.h"
#include "plan/plan.h"
#include "supervisor/verdict.h"

namespace amphid {

/// Failures on standard error, success on standard output unless --quiet was given.
void print_verdict(const Verdict& verdict, Volume volume);

/// The starting command's part: waits for the verdict, prints it and exits with its code. Throws
/// Failure if the launcher died without one.
[[noreturn]] void await_verdict(const Plan& plan, const Fd& pipe, Volume volume);

} // namespace amphid
