// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "config/config.h"

#include "../house/golden.h"

// The documents: what they say about keys is true.

namespace amphid {
namespace {

/// What the last cell of a line of a table has between backquotes; empty for other lines.
std::string_view code_in_last_cell(std::string_view line) {
    if (!line.starts_with("| ") || !line.ends_with("` |")) {
        return {};
    }
    line.remove_suffix(3);
    const auto begin = line.rfind("| `");
    return begin == std::string_view::npos ? std::string_view() : line.substr(begin + 3);
}

/// Rows are single keys: what they need besides is added.
std::string whole_file(std::string_view row) {
    std::string out(row);
    const auto needs = [&](std::string_view key, std::string_view other) {
        if (row.starts_with(key)) {
            out += concat('\n', other);
        }
    };
    out += row.starts_with("service.exec-start =") ? "" : "\nservice.exec-start = \"/usr/bin/web\"";
    needs("service.restart-steps", "service.restart-max-delay-sec = \"1min\"");
    needs("health.interval-sec", "health.command = \"/usr/bin/web\"");
    needs("health.failures", "health.command = \"/usr/bin/web\"");
    return out + '\n';
}

TEST(Documents, EachRowOfTheMigrationTablesIsAccepted) {
    const std::string text = read_text_file(source_path("docs/migration.md")).value_or("");
    int rows = 0;
    for (const std::string_view line : split(text, '\n')) {
        const std::string_view row = code_in_last_cell(line);
        if (row.empty()) {
            continue;
        }
        ++rows;
        const std::string file = whole_file(row);
        EXPECT_EQ(render(parse_config(file).diagnostics, "row", file), "");
    }
    EXPECT_GT(rows, 80);
}

} // namespace
} // namespace amphid
