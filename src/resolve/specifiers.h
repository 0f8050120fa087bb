// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// The values of systemd.unit(5)'s specifiers in one unit.
struct Specifiers {
    /// For a template: %i and %I are kept, and any other "%" is doubled.
    bool of_template = false;
    std::map<char, std::string> values;
};

/// The specifiers that follow from the unit's name; the caller adds the others.
Specifiers specifiers_of(std::string_view unit);

/// Expands the specifiers; nullopt if one is unknown, which is then stored in the last argument.
std::optional<std::string> expand_specifiers(std::string_view text, const Specifiers& specifiers,
                                             char& unknown);

} // namespace amphid
