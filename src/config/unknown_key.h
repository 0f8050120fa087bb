// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>

namespace amphid {

// Messages about names that are not in the schema: where they belong, what they are called here.

std::string about_unknown_key(std::string_view table, std::string_view key);

/// `is_table` tells a table from a key that stands before the first table.
std::string about_unknown_table(std::string_view name, bool is_table);

/// About a directive in [systemd.SECTION]: empty if systemd accepts it there.
struct DirectiveRemark {
    std::string message;
    bool certain = false; // false: a newer systemd may have it
};
DirectiveRemark about_directive(std::string_view section, std::string_view directive);

} // namespace amphid
