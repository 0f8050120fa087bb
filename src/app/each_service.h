// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"

namespace amphid {

/// Runs `command` with each of the operands alone, one after the other. Where there are several,
/// each gets a process of its own, since a start becomes a daemon. All of them are tried; the code
/// is that of the first that failed, as with systemctl(1).
int for_each_service(const Arguments& arguments, int (*command)(const Arguments&));

/// Runs the command once. What the system refuses is told with the service that it was about.
int run_named(const Arguments& arguments, int (*command)(const Arguments&));

} // namespace amphid
