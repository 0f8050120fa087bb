// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/running_service.h"
#include "app/service.h"
#include "plan/host.h"

namespace amphid {

/// Stops what a killed launcher left running, according to its configuration, and waits for it to
/// end; if another command is stopping it, waits for that one. It is not stopped if it has a
/// launcher by then. Root does this as the user who owns the service. It happens in a separate
/// process: the state names that one as the launcher, and the caller keeps nothing of a supervisor.
/// Throws Failure (with an empty text if the reason was printed) and OsError.
void stop_orphan(const KnownService& service, const Running& running);

/// The same if the caller holds the service's lock. A foreground start does it first: what a killed
/// foreground launcher leaves is not taken over.
void stop_orphan_under_lock(const KnownService& service, const State& orphan);

/// The longest time that a stop of the service may take: every phase may take its timeout, and the
/// state may not show that one has ended.
TimeSpan longest_stop(const KnownService& service);

} // namespace amphid
