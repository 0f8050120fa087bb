// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "resolve/unit_path.h"

#include <optional>
#include <string>

namespace amphid {

/// A unit file of somebody else's that has the name of one that we would generate.
struct OtherUnit {
    std::string path;
    bool before_generated = false; // it goes before a generated one anyhow
    /// It is there on purpose: the unit is masked, or this is the text of `amphid unit`.
    bool deliberate = false;
};

std::optional<OtherUnit> find_other_unit(const std::string& unit, Manager manager,
                                         const Host& host);

/// The sentence about it; empty where a unit may be generated, or nobody needs to be told why not.
std::string words_about(const std::optional<OtherUnit>& other, const std::string& unit,
                        bool replace);

} // namespace amphid
