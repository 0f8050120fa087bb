// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "resolve/unit_file.h"

namespace amphid {

/// What contradicts between a unit file and the configuration that it runs; the places are the
/// unit's. An error is what cannot work as either of the two says, a warning what works, but not
/// as it looks.
std::vector<Diagnostic> check_unit(std::string_view unit, const Config& config,
                                   const UnitFacts& facts);

} // namespace amphid
