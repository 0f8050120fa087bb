// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "golden.h"

// Each line of tests/robust/mutations.txt still finds the one place that it changes: mutations.sh,
// which runs for hours, shall not be the first to notice.

namespace amphid {
namespace {

/// At '|', but not at "\|", which stands for a '|' of the source.
std::vector<std::string> fields_of(std::string_view line) {
    std::vector<std::string> out(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line.substr(i, 2) == "\\|") {
            out.back() += '|';
            ++i;
        } else if (line[i] == '|') {
            out.emplace_back();
        } else {
            out.back() += line[i];
        }
    }
    return out;
}

int count(std::string_view text, std::string_view part) {
    int n = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + 1)) {
        ++n;
    }
    return n;
}

TEST(Mutations, EachChangesOnePlace) {
    const std::string list = read_text_file(source_path("tests/robust/mutations.txt")).value_or("");
    int lines = 0;
    for (const std::string_view line : split(list, '\n')) {
        if (line.empty() || line.front() == '#') {
            continue;
        }
        ++lines;
        const std::vector<std::string> fields = fields_of(line);
        ASSERT_EQ(fields.size(), 4U) << line;
        const std::string source = read_text_file(source_path(fields[0])).value_or("");
        EXPECT_EQ(count(source, fields[1]), 1) << line;
    }
    EXPECT_GT(lines, 40);
}

} // namespace
} // namespace amphid
