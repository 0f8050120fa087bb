// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <vector>

namespace amphid {

/// The keys that need a launcher that stays, which `supervise = "never"` does without; see
/// check_rules().
std::vector<Diagnostic> check_in_place_rules(const Config& config);

} // namespace amphid
