// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "plan/plan.h"
#include "supervisor/verdict.h"

#include <variant>

namespace amphid {

/// The service's lock, or what became of the launcher that holds it: a daemon start waits for the
/// other one's verdict, a foreground start is refused at once. Throws OsError, and Failure where
/// the main process of a launcher that was killed still runs.
std::variant<Fd, Verdict> lock_or_join(const Plan& plan, const Fd& directory);

} // namespace amphid
