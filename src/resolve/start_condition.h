// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/start_facts.h"

#include <optional>
#include <string>
#include <vector>

namespace amphid {

/// The questions of the file's conditions and assertions that only the host can answer; empty if
/// there are none.
std::vector<StartQuestion> questions_of(const UnitTable& unit);

/// True if the file has any conditions or assertions.
bool has_start_conditions(const UnitTable& unit);

/// The condition because of which a start does not take place.
struct UnmetCondition {
    bool asserted = false; // the start fails; else it is skipped
    std::string words;     // condition-path-exists = "/x"
};

/// Whether one parameter (without its prefixes) holds.
bool holds(ConditionKind kind, std::string_view parameter, const StartFacts& facts);

/// systemd's rule, condition_test_list(): all without "|" must hold, and one of those with it;
/// conditions are checked before assertions, each on their own.
std::optional<UnmetCondition> unmet_condition(const UnitTable& unit, const StartFacts& facts);

/// uname(2)'s word for the machine as systemd's: "x86-64" (architecture_table).
std::string architecture_of(const std::string& machine);

} // namespace amphid
