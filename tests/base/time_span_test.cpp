// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/time_span.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace amphid {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t year = 31'557'600 * second;
constexpr std::int64_t month = 2'629'800 * second;

struct ParseCase {
    std::string_view text;
    std::int64_t usec;
};

TEST(TimeSpan, ExamplesOfTheManPage) {
    const ParseCase cases[] = {
        {"2 h", 2 * hour},           {"2hours", 2 * hour},
        {"48hr", 48 * hour},         {"1y 12month", 2 * year},
        {"55s500ms", 55'500'000},    {"300ms20s 5day", 5 * day + 20'300'000},
        {"1min 30s", 90 * second},   {"50", 50 * second},
        {"2min 200ms", 120'200'000}, {"infinity", TimeSpan::infinity().usec},
    };
    for (const ParseCase& c : cases) {
        const std::optional<TimeSpan> span = parse_time_span(c.text);
        ASSERT_TRUE(span.has_value()) << "'" << c.text << "'";
        EXPECT_EQ(span->usec, c.usec) << "'" << c.text << "'";
    }
}

TEST(TimeSpan, EveryUnitAndSpelling) {
    const ParseCase cases[] = {
        {"3us", 3},
        {"3usec", 3},
        {"3\u00b5s", 3},
        {"3\u03bcs", 3},
        {"3ms", 3'000},
        {"3msec", 3'000},
        {"3s", 3 * second},
        {"3sec", 3 * second},
        {"3second", 3 * second},
        {"3seconds", 3 * second},
        {"3m", 3 * minute},
        {"3min", 3 * minute},
        {"3minute", 3 * minute},
        {"3minutes", 3 * minute},
        {"3h", 3 * hour},
        {"3hr", 3 * hour},
        {"3hour", 3 * hour},
        {"3hours", 3 * hour},
        {"3d", 3 * day},
        {"3day", 3 * day},
        {"3days", 3 * day},
        {"3w", 21 * day},
        {"3week", 21 * day},
        {"3weeks", 21 * day},
        {"3M", 3 * month},
        {"3month", 3 * month},
        {"3months", 3 * month},
        {"3y", 3 * year},
        {"3year", 3 * year},
        {"3years", 3 * year},
    };
    for (const ParseCase& c : cases) {
        const std::optional<TimeSpan> span = parse_time_span(c.text);
        ASSERT_TRUE(span.has_value()) << "'" << c.text << "'";
        EXPECT_EQ(span->usec, c.usec) << "'" << c.text << "'";
    }
}

TEST(TimeSpan, ReadsWhatSystemdReads) {
    const ParseCase cases[] = {
        {"0", 0},
        {"0s", 0},
        {"5s500ms", 5'500'000},
        {" 5s 500ms  ", 5'500'000},
        {"5s\t500ms\n", 5'500'000},
        {" 5.5s  ", 5'500'000},
        {" 5.5s 0.5ms ", 5'500'500},
        {" .22s ", 220'000},
        {" .50y ", year / 2},
        {"2.5", 2'500'000},
        {".7", 700'000},
        {" infinity ", TimeSpan::infinity().usec},
        {"+3.1s", 3'100'000},
        {"3.1s.2", 3'300'000},
        {"3.1 .2", 3'300'000},
        {"3.1 sec .2 sec", 3'300'000},
        {"3.1 sec 1.2 sec", 4'300'000},
        {"12 34", 46 * second},
        {"1m1M", minute + month},
        {"007", 7 * second},
        {"1.0000009s", second},
        {"1.9us", 1},
        {"0.00000049s", 0},
        {"1.1111111111111y", 35'063'999'999'997},
        {"9223372036854s", 9'223'372'036'854 * second},
        {"9223372036854775806us", 9'223'372'036'854'775'806},
        {"9223372036854s 775ms 806us", 9'223'372'036'854'775'806},
    };
    for (const ParseCase& c : cases) {
        const std::optional<TimeSpan> span = parse_time_span(c.text);
        ASSERT_TRUE(span.has_value()) << "'" << c.text << "'";
        EXPECT_EQ(span->usec, c.usec) << "'" << c.text << "'";
    }
}

TEST(TimeSpan, RefusesWhatSystemdRefuses) {
    const std::string_view cases[] = {
        "",         " ",         "s",      "xyz",          " . ",         " 5. ",       ".s ",
        "-5s ",     "-5",        "-0",     "+-0",          "+",           "+.5",        "--5",
        "-0.3s ",   "0.-0s ",    "3.+1s",  "3. 1s",        "3.s",         "12.34.56",   "12..34",
        "..1234",   "1234..",    "5s -3s", " infinity .7", ".3 infinity", "infinity s", "infinitys",
        "Infinity", "5 parsecs", "5secs",  "5S",           "5Min",        "5ns",        "1e3",
        "0x10",     "1_000",     "1,5s",   "5+3",          "1mon",        "5 \xc2",     "90s;",
    };
    for (const std::string_view text : cases) {
        EXPECT_FALSE(parse_time_span(text).has_value()) << "'" << text << "'";
    }
    EXPECT_FALSE(parse_time_span(std::string_view("5s\0", 3)).has_value()) << "NUL at the end";
}

TEST(TimeSpan, RefusesWhatIsTooLong) {
    const std::string_view cases[] = {
        "9223372036854775807us",
        "9223372036854775808us",
        "99999999999999999999us",
        "99999999999999999999",
        "9223372036854s 775ms 807us",
        "9223372036855s",
        "292471y",
        "11111111111111y",
        "292271y 1y",
    };
    for (const std::string_view text : cases) {
        EXPECT_FALSE(parse_time_span(text).has_value()) << "'" << text << "'";
    }
}

struct FormatCase {
    std::int64_t usec;
    std::string_view text;
};

constexpr FormatCase format_cases[] = {
    {0, "0"},
    {1, "1us"},
    {999, "999us"},
    {1'500, "1.500ms"},
    {100'000, "100ms"},
    {500'500, "500.500ms"},
    {second, "1s"},
    {1'500'000, "1.500000s"},
    {5'000'001, "5.000001s"},
    {90 * second, "1min 30s"},
    {90'500'000, "1min 30.500000s"},
    {60'000'001, "1min 1us"},
    {2 * hour, "2h"},
    {25 * hour, "1d 1h"},
    {7 * day, "1w"},
    {month, "1month"},
    {2 * year, "2y"},
    {5 * day + 20'300'000, "5d 20.300000s"},
    {35'063'999'999'997, "1y 1month 1w 3d 3h 29min 59.999997s"},
    {TimeSpan::infinity().usec, "infinity"},
};

TEST(TimeSpan, PrintsAsSystemdDoes) {
    for (const FormatCase& c : format_cases) {
        EXPECT_EQ(format_time_span({c.usec}), c.text) << c.usec;
    }
    EXPECT_EQ(format_time_span({-1}), "0") << "a negative span";
}

TEST(TimeSpan, ReadsBackWhatItPrints) {
    for (const FormatCase& c : format_cases) {
        const std::optional<TimeSpan> span = parse_time_span(format_time_span({c.usec}));
        ASSERT_TRUE(span.has_value()) << c.text;
        EXPECT_EQ(span->usec, c.usec) << c.text;
    }
}

TEST(TimeSpan, InfinityIsLongerThanEverything) {
    EXPECT_TRUE(TimeSpan::infinity().is_infinite());
    EXPECT_FALSE(TimeSpan{}.is_infinite());
    EXPECT_LT(seconds(9'000'000'000'000), TimeSpan::infinity());
    EXPECT_EQ(seconds(90), milliseconds(90'000));
    EXPECT_EQ(milliseconds(1), microseconds(1'000));
}

TEST(TimeSpan, CountsThatDoNotFitSaturate) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
    EXPECT_TRUE(seconds(most).is_infinite());
    EXPECT_TRUE(milliseconds(most).is_infinite());
    EXPECT_EQ(seconds(-1), TimeSpan{});
    EXPECT_EQ(seconds(least), TimeSpan{});
    EXPECT_EQ(milliseconds(least), TimeSpan{});
    EXPECT_EQ(microseconds(least), TimeSpan{});
}

} // namespace
} // namespace amphid
