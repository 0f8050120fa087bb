// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/plan.h"
#include "resolve/mode.h"

#include <string>

namespace amphid {

/// The mode with its evidence, the effective configuration with the position of each value, and
/// what would be executed. Keys with their default value are left out unless `all` is set.
std::string explain(const Config& config, const Decision& decision, const Plan& plan, bool all);

} // namespace amphid
