// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "resolve/unit_path.h"

#include <optional>
#include <string>

namespace amphid {

/// Another unit file with the name of one that we would generate.
struct OtherUnit {
    std::string path;
    bool before_generated = false; // it takes precedence over a generated one
    /// It is there on purpose: the unit is masked, or this is the text of `amphid unit`.
    bool deliberate = false;
};

std::optional<OtherUnit> find_other_unit(const std::string& unit, Manager manager,
                                         const Host& host);

/// The message about it; empty if a unit may be generated, or if the reason need not be reported.
std::string other_unit_message(const std::optional<OtherUnit>& other, const std::string& unit,
                               bool replace);

} // namespace amphid
