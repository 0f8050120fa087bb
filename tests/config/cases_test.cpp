// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/config.h"
#include "config/reading.h"
#include "config/schema.h"

#include "../house/golden.h"

#include <algorithm>

// Each tests/config/cases/NAME.toml has its NAME.expected: the diagnostics as `check` shows them,
// or, for a file without any, each key that it sets with its value and place.

namespace amphid {
namespace {

std::string outcome(const std::string& name, const std::string& text) {
    const ParsedConfig parsed = parse_config(text);
    std::string out = render(parsed.diagnostics, name, text);
    if (has_error(parsed.diagnostics)) {
        return out;
    }
    const auto add = [&](std::string_view table_name, const auto& table) {
        for (const auto& key : keys_of(table)) {
            const std::string full = concat(table_name, '.', key.name);
            const auto origin = parsed.config.origins.find(full);
            if (origin == parsed.config.origins.end()) {
                continue;
            }
            const std::string value =
                std::visit([&](auto field) { return print_value(table.*field); }, key.member);
            out += concat(origin->second.line, ':', origin->second.column, ": ", full, " = ", value,
                          '\n');
        }
    };
    for_each_table(parsed.config, add);
    for (std::size_t i = 0; i < parsed.config.sockets.size(); ++i) {
        add(origin_of_socket(i), parsed.config.sockets[i]);
    }
    return out;
}

class Cases : public testing::TestWithParam<std::string> {};

TEST_P(Cases, SaysWhatIsExpected) {
    const std::string name = GetParam();
    const auto text = read_text_file(source_path(concat("tests/config/cases/", name, ".toml")));
    ASSERT_TRUE(text.has_value());
    EXPECT_TRUE(is_golden(concat("tests/config/cases/", name, ".expected"),
                          outcome(concat(name, ".toml"), *text)));
}

std::vector<std::string> names_ending_with(std::string_view extension) {
    std::vector<std::string> out;
    for (const auto& entry :
         std::filesystem::directory_iterator(source_path("tests/config/cases"))) {
        if (entry.path().extension() == extension) {
            out.push_back(entry.path().stem());
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

INSTANTIATE_TEST_SUITE_P(Config, Cases, testing::ValuesIn(names_ending_with(".toml")),
                         [](const auto& info) { return info.param; });

TEST(ConfigCases, EachHasItsExpectation) {
    EXPECT_EQ(names_ending_with(".toml"), names_ending_with(".expected"));
}

struct SyntaxCase {
    std::string_view text;
    int line;
};

TEST(ConfigCases, SyntaxErrorsHaveTheirLine) {
    const SyntaxCase cases[] = {
        {"[service]\nexec-start = \"/bin/true\nrestart = \"no\"\n", 2},
        {"[service]\nexec-start = \"/bin/true\"\nrestart = \"no\"\nrestart = \"always\"\n", 4},
        {"[service]\nexec-start =\n", 2},
        {"[service]\nexec-start = /bin/true\n", 2},
        {"[Service]\nExecStart=/bin/true\nType=notify\n", 1},
        {"[service]\nexec-start = \"/bin/\xff\"\n", 2},
        {"\n\n[service\n", 3},
        {"[service]\n[service]\n", 2},
        {"[unit]\n\x1b[31m\n", 2},
    };
    for (const SyntaxCase& c : cases) {
        const auto diagnostics = parse_config(c.text).diagnostics;
        ASSERT_EQ(diagnostics.size(), 1U) << c.text;
        EXPECT_EQ(diagnostics.front().severity, Diagnostic::Severity::error) << c.text;
        EXPECT_EQ(diagnostics.front().at.line, c.line) << c.text;
        EXPECT_GE(diagnostics.front().at.column, 1) << c.text;
        const std::string shown = render(diagnostics, "f.toml", c.text);
        EXPECT_EQ(printable(shown, true), shown) << "nothing unescaped reaches the terminal";
    }
}

TEST(ConfigCases, ExamplesOfTheTreeAreClean) {
    for (const auto& entry : std::filesystem::directory_iterator(source_path("config"))) {
        if (entry.path().extension() == ".toml") {
            const std::string text = read_text_file(entry.path()).value_or("");
            EXPECT_EQ(render(parse_config(text).diagnostics, entry.path().string(), text), "");
        }
    }
}

// Depth is bounded: a file can be wrong, but it cannot end the program.
TEST(ConfigCases, NestingWithoutEnd) {
    const ParsedConfig parsed = parse_config("a = " + std::string(100'000, '['));
    EXPECT_TRUE(has_error(parsed.diagnostics));
}

TEST(ConfigCases, EveryPrefixIsReadOrRefused) {
    const std::string text =
        read_text_file(source_path("tests/config/cases/good_every_key.toml")).value_or("");
    ASSERT_FALSE(text.empty());
    for (std::size_t length = 0; length <= text.size(); ++length) {
        const std::string prefix = text.substr(0, length);
        const ParsedConfig parsed = parse_config(prefix);
        for (const Diagnostic& d : parsed.diagnostics) {
            EXPECT_LE(d.at.line, static_cast<int>(split(prefix, '\n').size())) << prefix;
            EXPECT_FALSE(d.message.empty()) << prefix;
        }
    }
}

} // namespace
} // namespace amphid
