// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/watchdog.h"

#include <cstdint>
#include <gtest/gtest.h>

namespace amphid {
namespace {

using News = Watchdog::News;
constexpr TimeSpan never = TimeSpan::infinity();
constexpr TimeSpan start = seconds(1000);
constexpr TimeSpan at(std::int64_t ms) {
    return {start.usec + ms * 1000};
}

TEST(Watchdog, ElapsesAfterTheServicesInterval) {
    Watchdog watchdog(never, false);
    watchdog.begin(milliseconds(100), start);
    EXPECT_EQ(watchdog.look(at(99)), News::none);
    EXPECT_EQ(watchdog.look(at(100)), News::service_is_silent);
    EXPECT_EQ(watchdog.look(at(1000)), News::none) << "it is told once";
}

TEST(Watchdog, APingMovesIt) {
    Watchdog watchdog(never, false);
    watchdog.begin(milliseconds(100), start);
    EXPECT_FALSE(watchdog.pinged(at(90))) << "there is no manager to be told";
    EXPECT_EQ(watchdog.look(at(189)), News::none);
    EXPECT_EQ(watchdog.look(at(190)), News::service_is_silent);
}

TEST(Watchdog, IsOffBeforeItBeginsAndAtRest) {
    Watchdog watchdog(milliseconds(100), false);
    EXPECT_FALSE(watchdog.pinged(start));
    EXPECT_EQ(watchdog.fd(), -1) << "nothing is made that nobody needs";
    watchdog.begin(milliseconds(50), start);
    watchdog.rest();
    EXPECT_EQ(watchdog.look(at(1000)), News::none);
    EXPECT_FALSE(watchdog.pinged(at(1000)));
}

TEST(Watchdog, AnIntervalOfTheServicesOwnLastsForOneActivation) {
    Watchdog watchdog(never, false);
    watchdog.begin(milliseconds(100), start);
    watchdog.set_interval(milliseconds(10), start);
    EXPECT_EQ(watchdog.look(at(10)), News::service_is_silent);
    watchdog.rest();
    watchdog.begin(milliseconds(100), at(1000));
    EXPECT_EQ(watchdog.look(at(1099)), News::none);
    EXPECT_EQ(watchdog.look(at(1100)), News::service_is_silent);
}

TEST(Watchdog, CanBeSwitchedOff) {
    Watchdog watchdog(never, false);
    watchdog.begin(milliseconds(100), start);
    watchdog.set_interval(never, start);
    EXPECT_EQ(watchdog.look(at(1'000'000)), News::none);
}

TEST(Watchdog, MoreTimeIsNeverLess) {
    Watchdog watchdog(never, false);
    watchdog.begin(milliseconds(100), start);
    watchdog.extend(milliseconds(50), start);
    EXPECT_EQ(watchdog.look(at(99)), News::none);
    watchdog.extend(milliseconds(500), at(99));
    EXPECT_EQ(watchdog.look(at(598)), News::none);
    EXPECT_EQ(watchdog.look(at(599)), News::service_is_silent);
}

TEST(Watchdog, GivesSignsOfItsOwnWhereNobodyElseDoes) {
    Watchdog watchdog(milliseconds(100), false);
    watchdog.begin(never, start);
    EXPECT_EQ(watchdog.look(at(49)), News::none);
    EXPECT_EQ(watchdog.look(at(50)), News::sign_is_due);
    EXPECT_EQ(watchdog.look(at(100)), News::sign_is_due);
}

TEST(Watchdog, TheManagerHearsOfTheServicesPingOnly) {
    Watchdog watchdog(milliseconds(100), false);
    watchdog.begin(milliseconds(100), start);
    EXPECT_EQ(watchdog.look(at(50)), News::none)
        << "no sign of our own where the service gives some";
    EXPECT_TRUE(watchdog.pinged(at(60)));
}

TEST(Watchdog, TheManagerHearsOfPassedChecksOnly) {
    Watchdog watchdog(milliseconds(100), true);
    watchdog.begin(never, start);
    EXPECT_EQ(watchdog.look(at(50)), News::none);
    EXPECT_TRUE(watchdog.passed());
}

TEST(Watchdog, WhereBothAreAskedForTheManagerHearsOfBoth) {
    Watchdog watchdog(milliseconds(100), true);
    watchdog.begin(milliseconds(100), start);
    EXPECT_FALSE(watchdog.pinged(at(10)));
    EXPECT_TRUE(watchdog.passed());
    EXPECT_FALSE(watchdog.passed()) << "the next sign needs both again";
    EXPECT_TRUE(watchdog.pinged(at(20)));
}

} // namespace
} // namespace amphid
