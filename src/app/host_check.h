// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <vector>

namespace amphid {

/// What this host lacks for the configuration: programs, interpreters, users, groups, directories
/// and privileges. An error is what a start would fail for.
std::vector<Diagnostic> check_on_host(const Config& config);

} // namespace amphid
