// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/exec_syntax.h"

#include "base/text.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

// systemd.exec(5), "Process Properties".
TEST(ExecSyntax, Limits) {
    constexpr auto inf = Limit::infinity;
    const auto read = [](std::string_view text, LimitUnit unit = LimitUnit::count) {
        return parse_limit(text, unit);
    };
    EXPECT_EQ(read("1024"), (Limit{1024, 1024}));
    EXPECT_EQ(read("1024:4096"), (Limit{1024, 4096}));
    EXPECT_EQ(read("0:infinity"), (Limit{0, inf}));
    EXPECT_EQ(read("infinity"), (Limit{inf, inf}));
    EXPECT_EQ(read("2:1"), (Limit{2, 1})) << "judged by its reader";
    for (const char* wrong : {"", ":", "1:", ":1", "-1", "1K", "1:2:3", " 1", "0x10", "Infinity"}) {
        EXPECT_EQ(read(wrong), std::nullopt) << wrong;
    }
}

TEST(ExecSyntax, LimitsInBytes) {
    const auto read = [](std::string_view text) { return parse_limit(text, LimitUnit::bytes); };
    EXPECT_EQ(read("4K:2M"), (Limit{4096, 2U << 20}));
    EXPECT_EQ(read("1G"), (Limit{1U << 30, 1U << 30}));
    EXPECT_EQ(read("15E"), (Limit{15ULL << 60, 15ULL << 60}));
    EXPECT_EQ(read("7B"), (Limit{7, 7}));
    for (const char* wrong : {"16E", "K", "1k", "1KB", "1 K", "99999999999999999999"}) {
        EXPECT_EQ(read(wrong), std::nullopt) << wrong;
    }
}

TEST(ExecSyntax, LimitsInTime) {
    EXPECT_EQ(parse_limit("90", LimitUnit::seconds), (Limit{90, 90}));
    EXPECT_EQ(parse_limit("1min:2h", LimitUnit::seconds), (Limit{60, 7200}));
    EXPECT_EQ(parse_limit("1500ms", LimitUnit::seconds), (Limit{2, 2})) << "rounded up";
    EXPECT_EQ(parse_limit("1500", LimitUnit::microseconds), (Limit{1500, 1500}));
    EXPECT_EQ(parse_limit("1500ms", LimitUnit::microseconds), (Limit{1500000, 1500000}));
}

TEST(ExecSyntax, LimitsOfNice) {
    EXPECT_EQ(parse_limit("-10", LimitUnit::nice), (Limit{30, 30}));
    EXPECT_EQ(parse_limit("+5", LimitUnit::nice), (Limit{15, 15}));
    EXPECT_EQ(parse_limit("30", LimitUnit::nice), (Limit{30, 30}));
    for (const char* wrong : {"+20", "-21", "41", "0", "+-1", "-"}) {
        EXPECT_EQ(parse_limit(wrong, LimitUnit::nice), std::nullopt) << wrong;
    }
}

TEST(ExecSyntax, Cpus) {
    const auto read = [](std::string_view text) {
        CpuSet set;
        return add_cpus(text, set) ? format_cpus(set) : "refused";
    };
    EXPECT_EQ(read("0"), "0");
    EXPECT_EQ(read("3,1,2 7"), "1-3,7");
    EXPECT_EQ(read("0-3,2-5,1023"), "0-5,1023");
    EXPECT_EQ(read(""), "");
    for (const char* wrong : {"x", "1024", "3-1", "-1", "1-", "numa", "0x1", "1-2-3"}) {
        EXPECT_EQ(read(wrong), "refused") << wrong;
    }
}

TEST(ExecSyntax, Nanoseconds) {
    EXPECT_EQ(parse_nanoseconds("50000"), 50000U);
    EXPECT_EQ(parse_nanoseconds("75ns"), 75U);
    EXPECT_EQ(parse_nanoseconds("2us"), 2000U);
    EXPECT_EQ(parse_nanoseconds("1ms"), 1000000U);
    EXPECT_EQ(parse_nanoseconds("infinity"), std::nullopt);
    EXPECT_EQ(parse_nanoseconds("x"), std::nullopt);
}

// systemd.exec(5), EnvironmentFile=.
std::string places_of(const EnvironmentText& read) {
    std::string out;
    for (const Diagnostic& found : read.diagnostics) {
        out += concat(found.at.line, ": ", found.message, '\n');
    }
    return out;
}

Environment variables_in(std::string_view text) {
    return parse_environment_file(text).variables;
}

TEST(EnvironmentFile, Grammar) {
    EXPECT_EQ(variables_in("A=1\nB = two words  \n# no\n;neither\n\n  C='x y'\n"),
              (Environment{"A=1", "B=two words", "C=x y"}));
    EXPECT_EQ(variables_in("A=\"x\\\"y\\$z\\n\"\n"), (Environment{"A=x\"y$z\\n"}));
    EXPECT_EQ(variables_in("A=one\\\ntwo\nB=\"three\nfour\"\n"),
              (Environment{"A=onetwo", "B=three\nfour"}));
    EXPECT_EQ(variables_in("A=a\"b\"\n"), (Environment{"A=a\"b\""})) << "not at its head";
    EXPECT_EQ(variables_in("A='a'\"b\"c\n"), (Environment{"A=abc"}));
    EXPECT_EQ(variables_in("A=x\\ y\\\\z\n"), (Environment{"A=x y\\z"}));
    EXPECT_EQ(variables_in("A=1 # no comment\n"), (Environment{"A=1 # no comment"}));
    EXPECT_EQ(variables_in("A=1\nA=2"), (Environment{"A=2"})) << "the last one";
    EXPECT_EQ(variables_in("A=\nB=''\n"), (Environment{"A=", "B="}));
    EXPECT_EQ(variables_in("A=  '  x  '  \n"), (Environment{"A=  x  "}));
    EXPECT_EQ(variables_in("A=1\r\nB=2\r\n"), (Environment{"A=1", "B=2"}));
    EXPECT_EQ(variables_in("# ends in \\\nA=1\nB=2\n"), (Environment{"B=2"}))
        << "a comment goes on behind a backslash";
}

TEST(EnvironmentFile, WhatIsNoAssignmentIsPassedOverWithAWarning) {
    constexpr std::string_view text = "export A=1\nno line\n2=x\n=y\nA-B=1\nOK=1\nlast";
    const EnvironmentText read = parse_environment_file(text);
    EXPECT_EQ(read.variables, (Environment{"OK=1"}));
    EXPECT_FALSE(has_error(read.diagnostics));
    EXPECT_EQ(places_of(read), "1: ignored: 'export A' is not the name of a variable\n"
                               "2: ignored: not an assignment NAME=value\n"
                               "3: ignored: '2' is not the name of a variable\n"
                               "4: ignored: not an assignment NAME=value\n"
                               "5: ignored: 'A-B' is not the name of a variable\n"
                               "7: ignored: not an assignment NAME=value\n");
    EXPECT_EQ(variables_in(""), Environment{});
}

TEST(EnvironmentFile, ControlCharactersAreValues) {
    EXPECT_EQ(variables_in("A=\"\x01\x1b[1m\"\nB=2\n"), (Environment{"A=\x01\x1b[1m", "B=2"}));
}

TEST(EnvironmentFile, CommentsMayBeLatin1AssignmentsMayNot) {
    EXPECT_EQ(variables_in("# caf\xe9\n; \xff\nA=1\n"), (Environment{"A=1"}));
    const EnvironmentText wrong = parse_environment_file("# x\nA=1\n\nB=\xff\n");
    EXPECT_TRUE(has_error(wrong.diagnostics));
    EXPECT_EQ(places_of(wrong), "4: the assignment is not UTF-8\n");
    EXPECT_TRUE(has_error(parse_environment_file(std::string_view("\nA=\0\n", 5)).diagnostics));
}

} // namespace
} // namespace amphid
