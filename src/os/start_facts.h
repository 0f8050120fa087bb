// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/start_facts.h"

#include <vector>

namespace amphid {

/// Looks at the machine for the conditions of a start. Only for files that have some: it reads a
/// good deal.
StartFacts read_start_facts(const std::vector<StartQuestion>& questions);

} // namespace amphid
