// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <vector>

namespace amphid {

/// The rules that speak of more than one key or of a missing one. Each is a function whose name is
/// the rule.
std::vector<Diagnostic> check_rules(const Config& config);

} // namespace amphid
