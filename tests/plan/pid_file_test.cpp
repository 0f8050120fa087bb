// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A PID as daemons write it into a file, and what is said of a file without one.

#include "plan/pid_file.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

using Text = std::string_view;

TEST(PidFileTest, PidsAsDaemonsWriteThem) {
    for (const Text text : {"812", "812\n", "            812\n", "\t812 \r\n",
                            "812\nanything else\n", "812\r\n7\n", "00812\n"}) {
        const auto pid = parse_pid_file(text);
        ASSERT_TRUE(std::holds_alternative<int>(pid)) << text << ": " << std::get<1>(pid);
        EXPECT_EQ(std::get<int>(pid), 812) << text;
    }
    EXPECT_EQ(std::get<int>(parse_pid_file(Text("812\0junk", 8))), 812);
}

TEST(PidFileTest, WhatIsWrongIsSaid) {
    const std::pair<Text, Text> cases[] = {
        {"", "it is empty"},
        {"\n812\n", "its first line is empty"},
        {"   \n", "its first line is empty"},
        {"pid 812\n", "its first line is 'pid 812', which is not a PID"},
        {"-812\n", "its first line is '-812', which is not a PID"},
        {"0\n", "its first line is '0', which is not a PID"},
        {"812 813\n", "its first line is '812 813', which is not a PID"},
        {"+812\n", "its first line is '+812', which is not a PID"},
        {"0x32c\n", "its first line is '0x32c', which is not a PID"},
        {"99999999999999999999\n", "its first line is '99999999999999999999', which is not a PID"},
        {"\033[31m\n", "its first line is '\\x1b[31m', which is not a PID"},
    };
    for (const auto& [text, words] : cases) {
        const auto pid = parse_pid_file(text);
        ASSERT_TRUE(std::holds_alternative<std::string>(pid)) << text;
        EXPECT_EQ(std::get<std::string>(pid), words);
    }
}

TEST(PidFileTest, LongLinesAreCutShort) {
    const auto pid = parse_pid_file(std::string(3000, 'x'));
    ASSERT_TRUE(std::holds_alternative<std::string>(pid));
    EXPECT_LT(std::get<std::string>(pid).size(), 100U);
}

} // namespace
} // namespace amphid
