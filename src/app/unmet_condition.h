// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "supervisor/log.h"

#include <optional>
#include <string>

namespace amphid {

/// systemd.unit(5): a condition that does not hold skips the start, which is not a failure; returns
/// the exit code. If an assertion does not hold the start fails: throws Failure.
std::optional<int> unmet_start_condition(const std::string& name, const UnitTable& unit, Log log);

} // namespace amphid
