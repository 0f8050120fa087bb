// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/launcher.h"
#include "app/service.h"

namespace amphid {

/// Asks the launcher itself to stop and waits until it has ended; `restart`: another start follows.
/// Returns whom it left running on purpose, as the state says it. Throws Failure.
std::string stop_launcher(const KnownService& service, Running running, bool restart);

} // namespace amphid
