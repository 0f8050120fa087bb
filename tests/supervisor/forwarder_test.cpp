// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/forwarder.h"

#include <gtest/gtest.h>

#include <syslog.h>

namespace amphid {
namespace {

TEST(TakePriority, TakesItOffTheLine) {
    std::string_view line = "<3>disk is full";
    EXPECT_EQ(take_priority(line), LOG_ERR);
    EXPECT_EQ(line, "disk is full");
}

TEST(TakePriority, LeavesOtherLinesAlone) {
    for (const std::string_view text : {"disk is full", "<8>x", "<a>x", "<3", "", "3>x"}) {
        std::string_view line = text;
        EXPECT_EQ(take_priority(line), LOG_INFO) << text;
        EXPECT_EQ(line, text);
    }
}

} // namespace
} // namespace amphid
