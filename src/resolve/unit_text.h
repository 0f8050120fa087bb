// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/diagnostic.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// "NAME=VALUE" in a section of a unit file, with the position of the name.
struct UnitLine {
    std::string section;
    std::string name;
    std::string value;
    Position at;
};

/// A parsed unit file (systemd.syntax(7)): comments removed, continued lines joined.
class UnitText {
public:
    explicit UnitText(std::string_view text) { add(text, 0); }
    UnitText() = default;

    /// Adds a drop-in; `file` marks its positions.
    void add(std::string_view text, int file);

    const std::vector<UnitLine>& lines() const { return lines_; }

    /// The last one in effect; nullopt after an empty value, which resets the earlier ones.
    std::optional<UnitLine> last(std::string_view section, std::string_view name) const;
    std::vector<UnitLine> all(std::string_view section, std::string_view name) const;
    /// All values in effect, separated by blanks.
    std::string joined(std::string_view section, std::string_view name) const;
    /// The position of the section; "the file" if there is none.
    Position place_of(std::string_view section) const;

private:
    std::vector<UnitLine> lines_;
    std::vector<UnitLine> sections_; // each with its name only
};

} // namespace amphid
