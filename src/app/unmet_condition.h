// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "supervisor/log.h"

#include <optional>
#include <string>

namespace amphid {

/// systemd.unit(5): a condition that does not hold skips the start, which is no failure; the result
/// is then the exit code. An assertion that does not hold makes it fail: throws Failure.
std::optional<int> unmet_start_condition(const std::string& name, const UnitTable& unit, Log log);

} // namespace amphid
