// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/calendar.h"
#include "base/text.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

std::string text_of(const CalendarTime& t) {
    return concat(t.year, '-', t.month, '-', t.day, ' ', t.hour, ':', t.minute, ':', t.second);
}

TEST(Calendar, KnownMoments) {
    EXPECT_EQ(text_of(calendar_time(0)), "1970-1-1 0:0:0");
    EXPECT_EQ(text_of(calendar_time(-1)), "1969-12-31 23:59:59");
    EXPECT_EQ(text_of(calendar_time(951'868'799)), "2000-2-29 23:59:59");
    EXPECT_EQ(text_of(calendar_time(1'795'651'200)), "2026-11-26 0:0:0");
}

TEST(Calendar, ThereAndBack) {
    for (std::int64_t seconds = -5'000'000'000; seconds < 9'000'000'000; seconds += 12'345'678)
        ASSERT_EQ(seconds_of(calendar_time(seconds)), seconds);
}

TEST(Calendar, ADayTooManyIsInTheNextMonth) {
    EXPECT_EQ(text_of(calendar_time(seconds_of({2025, 2, 29, 12, 0, 0}))), "2025-3-1 12:0:0");
}

} // namespace
} // namespace amphid
