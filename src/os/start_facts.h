// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/start_facts.h"

#include <vector>

namespace amphid {

/// Collects the facts about the host for the conditions of a start. Expensive: only called if there
/// are conditions.
StartFacts read_start_facts(const std::vector<StartQuestion>& questions);

} // namespace amphid
