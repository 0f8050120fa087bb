// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "resolve/unit_file.h"

namespace amphid {

/// Contradictions between a unit file and the configuration that it runs; positions are the unit's.
/// Errors are what cannot work as either of the two says, warnings what works, but not as one would
/// expect.
std::vector<Diagnostic> check_unit(std::string_view unit, const Config& config,
                                   const UnitFacts& facts);

} // namespace amphid
