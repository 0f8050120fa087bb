// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/plan.h"
#include "resolve/mode.h"

#include <string>

namespace amphid {

/// The mode with each piece of evidence, the effective configuration with the place of each value,
/// and what would be executed. Keys at their default are left out unless `all` is asked for.
std::string explain(const Config& config, const Decision& decision, const Plan& plan, bool all);

} // namespace amphid
