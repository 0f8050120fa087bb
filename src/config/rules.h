// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <vector>

namespace amphid {

/// The rules about combinations of keys and about missing ones. Each is a function named after the
/// rule.
std::vector<Diagnostic> check_rules(const Config& config);

} // namespace amphid
