// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/diagnostic.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

using enum Diagnostic::Severity;

TEST(Diagnostic, PointsAtTheColumn) {
    EXPECT_EQ(render({{error, {2, 3}, "wrong"}}, "f.toml", "one\ntwo\nthree\n"),
              "f.toml:2:3: error: wrong\n"
              "    two\n"
              "      ^\n");
    EXPECT_EQ(render({{warning, {1, 1}, "odd"}}, "f", "x"), "f:1:1: warning: odd\n    x\n    ^\n");
}

TEST(Diagnostic, TabsStayUnderTabs) {
    EXPECT_EQ(render({{error, {1, 4}, "m"}}, "f", "\ta\tb"), "f:1:4: error: m\n"
                                                             "    \ta\tb\n"
                                                             "    \t \t^\n");
}

TEST(Diagnostic, ColumnsAreCodePoints) {
    EXPECT_EQ(render({{error, {1, 4}, "m"}}, "f", "\xc3\xa4\xf0\x9f\x98\x80=x"),
              "f:1:4: error: m\n"
              "    \xc3\xa4\xf0\x9f\x98\x80=x\n"
              "       ^\n");
}

TEST(Diagnostic, TabsBehindWideCharacters) {
    EXPECT_EQ(render({{error, {1, 3}, "m"}}, "f", "\xc3\xa4\tx"), "f:1:3: error: m\n"
                                                                  "    \xc3\xa4\tx\n"
                                                                  "     \t^\n");
}

TEST(Diagnostic, ThePlaceMayBeTheEndOrNowhere) {
    EXPECT_EQ(render({{error, {1, 4}, "m"}}, "f", "abc"), "f:1:4: error: m\n    abc\n       ^\n");
    EXPECT_EQ(render({{error, {1, 99}, "m"}}, "f", "abc"), "f:1:99: error: m\n    abc\n       ^\n");
    EXPECT_EQ(render({{error, {9, 1}, "m"}}, "f", "abc"), "f:9:1: error: m\n") << "no such line";
    EXPECT_EQ(render({{error, {}, "m"}}, "f", "abc"), "f: error: m\n");
    EXPECT_EQ(render({{error, {1, 1}, "m"}}, "f", ""), "f:1:1: error: m\n    \n    ^\n");
}

TEST(Diagnostic, OrderIsThatOfTheText) {
    const std::string text = "a\nb\n";
    EXPECT_EQ(render({{error, {2, 1}, "third"},
                      {warning, {1, 1}, "first"},
                      {error, {1, 1}, "second"},
                      {error, {}, "of the file"}},
                     "f", text),
              "f: error: of the file\n"
              "f:1:1: warning: first\n    a\n    ^\n"
              "f:1:1: error: second\n    a\n    ^\n"
              "f:2:1: error: third\n    b\n    ^\n");
    EXPECT_EQ(render({}, "f", text), "");
}

TEST(Diagnostic, NothingReachesTheTerminalUnescaped) {
    EXPECT_EQ(render({{error, {1, 1}, "got '\x1b[2J'"}}, "f", "\x1b]0;x\x07"),
              "f:1:1: error: got '\\x1b[2J'\n"
              "    \\x1b]0;x\\x07\n"
              "    ^\n");
}

TEST(Diagnostic, LineEndsOfWindowsAreNoText) {
    EXPECT_EQ(render({{error, {1, 1}, "m"}}, "f", "abc\r\nd\r\n"),
              "f:1:1: error: m\n    abc\n    ^\n");
}

TEST(Diagnostic, OnlyErrorsAreErrors) {
    EXPECT_FALSE(has_error({}));
    EXPECT_FALSE(has_error({{warning, {1, 1}, "m"}}));
    EXPECT_TRUE(has_error({{warning, {1, 1}, "m"}, {error, {1, 1}, "m"}}));
}

} // namespace
} // namespace amphid
