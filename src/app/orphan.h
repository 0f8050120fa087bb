// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/running_service.h"
#include "app/service.h"
#include "plan/host.h"

namespace amphid {

/// Stops what a killed launcher left running, as its configuration says, and waits for the end of
/// it. Root does it as the user who owns the service. It is done by a process of its own: that one
/// is the launcher which the state names afterwards, and nothing of a supervisor's stays in the
/// caller. Throws Failure (with an empty text where the reason was printed) and OsError.
void stop_orphan(const KnownService& service, const Running& running);

/// The same by whoever holds the service's lock. A foreground start does it before it starts: what
/// a killed launcher of the foreground leaves is no service any more.
void stop_orphan_under_lock(const KnownService& service, const State& orphan);

} // namespace amphid
