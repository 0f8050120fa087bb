// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/running_service.h"
#include "app/service.h"

namespace amphid {

/// The service that was started from this file, where it runs: `name` and `runtime-directory` may
/// have been edited since. Where it does not run, where it would. Throws Failure.
KnownService find_started_service(const std::string& service, const Host& host);

/// What runs of it; nothing where its place is another's.
Running look_at(const KnownService& service);

} // namespace amphid
