// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"

namespace amphid {

/// Runs `command` for each operand in turn. If there are several, each gets its own process, since
/// a start becomes a daemon. All are tried; the exit code is that of the first failure, as with
/// systemctl(1).
int for_each_service(const Arguments& arguments, int (*command)(const Arguments&));

/// Runs the command once. System errors are reported with the name of the service.
int run_named(const Arguments& arguments, int (*command)(const Arguments&));

} // namespace amphid
