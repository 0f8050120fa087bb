// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/launcher.h"
#include "app/service.h"
#include "plan/host.h"

namespace amphid {

/// Stops what a killed launcher left running, as its configuration says, and waits for the end of
/// it. Root does it as the user who owns the service. Throws Failure and OsError.
void stop_orphan(const KnownService& service, const Running& running);

} // namespace amphid
