// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/start_facts.h"

#include <optional>
#include <string>
#include <vector>

namespace amphid {

/// Each question of the conditions and assertions that the file asks and whose answer only the
/// kernel has; empty where it asks none.
std::vector<StartQuestion> questions_of(const UnitTable& unit);

/// True where the file has conditions or assertions at all.
bool has_start_conditions(const UnitTable& unit);

/// Why a start does not take place.
struct UnmetCondition {
    bool asserted = false; // the start fails; else it is skipped
    std::string words;     // condition-path-exists = "/x"
};

/// Whether one parameter (without its prefixes) holds.
bool holds(ConditionKind kind, std::string_view parameter, const StartFacts& facts);

/// systemd's rule, condition_test_list(): all those without "|" hold, and one of those with it; the
/// conditions and the assertions each for themselves, conditions first.
std::optional<UnmetCondition> unmet_condition(const UnitTable& unit, const StartFacts& facts);

} // namespace amphid
