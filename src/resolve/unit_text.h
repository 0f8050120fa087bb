// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/diagnostic.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// "NAME=VALUE" in a section of a unit file, and where the name stands.
struct UnitLine {
    std::string section;
    std::string name;
    std::string value;
    Position at;
};

/// A unit file, taken apart (systemd.syntax(7)): without comments, continued lines joined.
class UnitText {
public:
    explicit UnitText(std::string_view text) { add(text, 0); }
    UnitText() = default;

    /// What a drop-in says on top of it; `file` is what its places are marked with.
    void add(std::string_view text, int file);

    const std::vector<UnitLine>& lines() const { return lines_; }

    /// The last one that counts; nothing after an empty value, which takes all before it back.
    std::optional<UnitLine> last(std::string_view section, std::string_view name) const;
    std::vector<UnitLine> all(std::string_view section, std::string_view name) const;
    /// The values of all, with blanks between.
    std::string joined(std::string_view section, std::string_view name) const;
    /// Where the section begins; "the file" where there is none.
    Position place_of(std::string_view section) const;

private:
    std::vector<UnitLine> lines_;
    std::vector<UnitLine> sections_; // each with its name only
};

} // namespace amphid
