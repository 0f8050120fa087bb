// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "supervisor/supervisor.h"

namespace amphid {

/// The entry point of the resident part: supervises the service of this plan to its end. Throws
/// OsError if it cannot go on; nothing of the service is running then.
Ending run(const Plan& plan, State&& state, Handles&& handles);

} // namespace amphid
