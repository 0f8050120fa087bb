// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/volume.h"
#include "supervisor/handles.h"

namespace amphid {

/// Starts a service without a launcher: becomes it, in the foreground or as a daemon. Returns the
/// exit code of a failed start, or of the starting command. Throws OsError and Failure.
int start_in_place(const Plan& plan, State&& first, Handles&& handles, Volume volume);

} // namespace amphid
