// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_text.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

constexpr std::uint64_t limit = 10;

void expect_portion(std::string_view text, std::uint64_t written, bool begins_line,
                    std::size_t size, bool full) {
    const Portion portion = portion_of(text, written, begins_line, limit);
    EXPECT_EQ(portion.size, size) << text;
    EXPECT_EQ(portion.full, full) << text;
}

TEST(LogPortion, FitsBelowTheLimit) {
    expect_portion("one\n", 6, true, 4, false);
    expect_portion("one", 0, true, 3, false);
}

TEST(LogPortion, EndsWithTheLastLineThatFits) {
    expect_portion("one\ntwo\nthree\n", 0, true, 8, true);
    expect_portion("one\ntwo\n", 4, true, 4, true);
}

TEST(LogPortion, ALineThatDoesNotFitBeginsTheNextFile) {
    expect_portion("three\n", 6, true, 0, true);
}

TEST(LogPortion, ALineThatBeganIsFinishedBeyondTheLimit) {
    expect_portion("three\nfour\n", 6, false, 6, true);
    expect_portion("seventeen letters", 0, true, 17, false);
    expect_portion("seventeen letters\nnext\n", 0, true, 18, true);
}

TEST(LogPortion, AnEndlessLineIsCut) {
    const std::string text(3 * longest_log_line, 'x');
    expect_portion(text, 4, false, limit + longest_log_line - 4, true);
}

TEST(LogPortion, StampsCount) {
    const auto portion = [](std::string_view text, std::uint64_t written, bool begins_line) {
        return portion_of_stamped(text, "> ", written, begins_line, limit);
    };
    EXPECT_EQ(portion("a\nb\nc\nd\n", 0, true).size, 4U); // "> a\n> b\n" fits
    EXPECT_TRUE(portion("a\nb\nc\nd\n", 0, true).full);
    EXPECT_EQ(portion("a\nb\nc\n", 0, false).size, 6U); // "a\n> b\n> c\n" is ten
    EXPECT_EQ(portion("a\nb\nc\nd\n", 2, false).size, 4U);
    EXPECT_EQ(portion("a\n", 8, true).size, 0U);
    EXPECT_TRUE(portion("a\n", 8, true).full);
    EXPECT_EQ(portion("a\nb", 0, true).size, 3U);
}

TEST(LogPortion, WithoutALimitEverythingFits) {
    const Portion portion =
        portion_of("text", ~std::uint64_t{0} - 1, false, LogSettings::unlimited);
    EXPECT_EQ(portion.size, 4U);
    EXPECT_FALSE(portion.full);
}

TEST(LogAge, PeriodsAreCountedFromTheEpoch) {
    const TimeSpan day = seconds(86400);
    EXPECT_FALSE(is_of_another_period(seconds(86400), seconds(2 * 86400 - 1), day));
    EXPECT_TRUE(is_of_another_period(seconds(2 * 86400 - 1), seconds(2 * 86400), day));
    EXPECT_FALSE(is_of_another_period({}, seconds(2 * 86400), TimeSpan::infinity()));
}

TEST(LogStamp, HasMicroseconds) {
    const TimeSpan now{1'795'699'627'000'042};
    EXPECT_EQ(log_stamp(LogTimestamps::rfc3339, now, {}), "2026-11-26T13:27:07.000042Z ");
    EXPECT_EQ(log_stamp(LogTimestamps::monotonic, now, {12'345'678}), "[   12.345678] ");
    EXPECT_EQ(log_stamp(LogTimestamps::none, now, {}), "");
}

TEST(LogStamp, StandsBeforeEachLineOnce) {
    EXPECT_EQ(stamp_lines("one\ntwo", "> ", true), "> one\n> two");
    EXPECT_EQ(stamp_lines(" more\nthree\n", "> ", false), " more\n> three\n");
    EXPECT_EQ(stamp_lines("\n\n", "> ", true), "> \n> \n");
}

} // namespace
} // namespace amphid
