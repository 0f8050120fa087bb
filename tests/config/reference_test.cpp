// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "config/reference.h"
#include "config/rows.h"

#include <gtest/gtest.h>

// The other forms of the reference. What is in them is the schema's; here their own
// rules are checked.

namespace amphid {
namespace {

template <class F>
void for_each_row(F&& visit) {
    for (const auto& [table, rows, is_repeated] : rows_of_schema()) {
        for (const KeyRow& row : rows) {
            visit(table, row);
        }
    }
}

TEST(Reference, EveryKeyHasAnExampleThatItTakes) {
    for_each_row([](std::string_view table, const KeyRow& row) {
        ASSERT_FALSE(row.example.empty()) << row.name;
        const std::string text = concat(table, '.', row.name, " = ", row.example, '\n');
        for (const Diagnostic& diagnostic : parse_config(text).diagnostics) {
            EXPECT_FALSE(diagnostic.message.starts_with(concat(row.name, ": ")))
                << text << diagnostic.message;
        }
    });
}

TEST(Reference, TheExampleIsCorrect) {
    const std::string text = reference_toml();
    EXPECT_EQ(render(parse_config(text).diagnostics, "", text), "");
}

TEST(Reference, EveryFormHasEveryKey) {
    const std::string man = reference_man("1");
    const std::string schema = reference_json_schema();
    const std::string example = reference_toml();
    for_each_row([&](std::string_view, const KeyRow& row) {
        EXPECT_NE(schema.find(concat('"', row.name, "\": {")), std::string::npos) << row.name;
        EXPECT_NE(example.find(concat(row.name, " = ")), std::string::npos) << row.name;
        std::string roff;
        for (const char c : row.name) {
            roff += c == '-' ? std::string("\\-") : std::string(1, c);
        }
        EXPECT_NE(man.find(concat(".B ", roff)), std::string::npos) << row.name;
    });
}

// In man(7) a line that begins with a dot or a quote is a request.
TEST(Reference, NoTextOfAPageIsARequest) {
    const std::string page = reference_man("1");
    for (const std::string_view line : split(page, '\n')) {
        EXPECT_FALSE(line.starts_with('\'')) << line;
        EXPECT_TRUE(!line.starts_with('.') || line.size() == 3 ||
                    std::string_view(".S.T.B.I.\\.R.b").find(line.substr(0, 2)) !=
                        std::string_view::npos)
            << line;
    }
}

} // namespace
} // namespace amphid
