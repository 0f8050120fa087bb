// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <vector>

namespace amphid {

/// The rules about [log].
std::vector<Diagnostic> check_log_rules(const Config& config);

} // namespace amphid
