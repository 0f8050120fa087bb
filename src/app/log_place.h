// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/plan.h"
#include "supervisor/log.h"

namespace amphid {

/// Refuses, by Failure, a log file that the launcher of another service writes to, and names that
/// service.
void refuse_shared_log(const Plan& plan);

/// Where the default log file cannot be made, the output is not kept: a warning, no failed start.
void do_without_unusable_log(Plan& plan, Log& log);

} // namespace amphid
