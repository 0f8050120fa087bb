// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"
#include "plan/host.h"

namespace amphid {

/// `status --ready`, `--live` and `--wait`: one question about a service, answered by the exit code
/// of `status` (0 yes, 3 no, 4 not known). The reason for a "no" is printed to standard error. A
/// service that runs under its name is found without its configuration.
int probe_status(const Arguments& arguments, const Host& host);

} // namespace amphid
