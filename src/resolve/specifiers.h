// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// What the specifiers of systemd.unit(5) stand for in one unit.
struct Specifiers {
    /// Of a template: %i and %I stay for the instance, and every other "%" is doubled.
    bool of_template = false;
    std::map<char, std::string> values;
};

/// Those that the unit's name decides; the others are the caller's to add.
Specifiers specifiers_of(std::string_view unit);

/// The text with its specifiers expanded; nothing, with the culprit, where one is not known.
std::optional<std::string> expand_specifiers(std::string_view text, const Specifiers& specifiers,
                                             char& unknown);

} // namespace amphid
