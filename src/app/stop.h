// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/launcher.h"
#include "app/service.h"

namespace amphid {

/// Asks the launcher itself to stop and waits until it has ended. Throws Failure.
void stop_launcher(const KnownService& service, Running running);

/// Throws Failure where no launcher lives but the service's main process does.
void refuse_unsupervised(const Running& running);

} // namespace amphid
