// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_view.h"

#include "app/console.h"
#include "app/log_merge.h"
#include "app/moment.h"

#include <gtest/gtest.h>

#include <deque>

namespace amphid {
namespace {

constexpr TimeSpan now{1'795'699'627'000'042}; // 2026-11-26 13:27:07 UTC

TEST(Moment, IsWhatJournalctlTakes) {
    EXPECT_EQ(parse_moment("2026-11-26T13:27:07Z", now), seconds(1'795'699'627));
    EXPECT_EQ(parse_moment("2026-11-26 13:27Z", now), seconds(1'795'699'620));
    EXPECT_EQ(parse_moment("2026-11-26Z", now), seconds(1'795'651'200));
    EXPECT_EQ(parse_moment("@5", now), seconds(5));
    EXPECT_EQ(parse_moment("now", now), now);
    EXPECT_EQ(parse_moment("-1h", now), TimeSpan{now.usec - 3'600'000'000});
    EXPECT_EQ(parse_moment("2min ago", now), TimeSpan{now.usec - 120'000'000});
    EXPECT_EQ(parse_moment("10min ago", now), TimeSpan{now.usec - 600'000'000});
    EXPECT_EQ(parse_moment("+1h", now), TimeSpan{now.usec + 3'600'000'000});
    EXPECT_EQ(parse_moment("@5.25", now), milliseconds(5250));
    EXPECT_EQ(parse_moment("2026-11-26 13:27:07.000042 UTC", now), now);
    EXPECT_EQ(parse_moment("Thu 2026-11-26 13:27:07 UTC", now), seconds(1'795'699'627));
    EXPECT_EQ(parse_moment("2026-11-26 12:00", now)->usec % 60'000'000, 0);
    EXPECT_EQ(parse_moment("tomorrow", now)->usec - parse_moment("today", now)->usec,
              std::int64_t{86'400'000'000});
    EXPECT_EQ(parse_moment("today", now)->usec - parse_moment("yesterday", now)->usec,
              std::int64_t{86'400'000'000});
}

TEST(Moment, AnythingElseIsRefused) {
    for (const char* wrong : {"", "soon", "13", "25:00", "2026-13-01", "2026-11-26T", "@", "-",
                              "-x", "1h", "2026-11-26 13:27:07:08", "Fri 2026-11-26", "@5.x",
                              "2026-11-26 13:27:07.", "Thu", "+soon"}) {
        EXPECT_EQ(parse_moment(wrong, now), std::nullopt) << wrong;
    }
}

TEST(LogView, ShowsALineInThreeWays) {
    const LogEntry entry = parse_log_line("web", "2026-11-26T13:27:07.000042Z a \"b\"", true);
    EXPECT_EQ(format_log_entry(entry, LogFormat::short_, false),
              "2026-11-26T13:27:07.000042Z a \"b\"\n");
    EXPECT_EQ(format_log_entry(entry, LogFormat::short_, true),
              "2026-11-26T13:27:07.000042Z web: a \"b\"\n");
    EXPECT_EQ(format_log_entry(entry, LogFormat::cat, true), "a \"b\"\n");
    EXPECT_EQ(format_log_entry(entry, LogFormat::json, false),
              "{\"service\": \"web\", \"time\": \"2026-11-26T13:27:07.000042Z\", "
              "\"message\": \"a \\\"b\\\"\"}\n");
    EXPECT_EQ(format_log_entry(parse_log_line("web", "no time", false), LogFormat::json, false),
              "{\"service\": \"web\", \"message\": \"no time\"}\n");
}

TEST(LogView, FiltersByTimeAndPattern) {
    Arguments arguments;
    arguments.since = "2026-11-26 13:27Z";
    arguments.until = "2026-11-26 13:28Z";
    arguments.grep = "^a|b$";
    const LogFilter filter(arguments, now);
    EXPECT_TRUE(filter.has_times());
    EXPECT_TRUE(filter.shows({"web", "2026-11-26T13:27:07.000042Z", "abc"}));
    EXPECT_FALSE(filter.shows({"web", "2026-11-26T13:27:07.000042Z", "xyz"}));
    EXPECT_FALSE(filter.shows({"web", "2026-11-26T13:26:59.999999Z", "abc"}));
    EXPECT_FALSE(filter.shows({"web", "2026-11-26T13:28:00.000001Z", "abc"}));
    EXPECT_TRUE(filter.shows({"web", "2026-11-26T13:28:00.000000Z", "cab"}));
}

TEST(LogView, WhatCannotBeUnderstoodIsRefused) {
    Arguments time;
    time.since = "soon";
    EXPECT_THROW(LogFilter(time, now), Failure);
    Arguments pattern;
    pattern.grep = "(";
    EXPECT_THROW(LogFilter(pattern, now), Failure);
}

LogMerge::Next feed(std::deque<LogEntry> entries) {
    return [entries]() mutable -> std::optional<LogEntry> {
        if (entries.empty()) {
            return std::nullopt;
        }
        LogEntry out = entries.front();
        entries.pop_front();
        return out;
    };
}

TEST(LogMerge, InterleavesByTimeAndKeepsEachOnesOrder) {
    LogMerge merge({feed({{"a", "1", "one"}, {"a", "4", "four"}, {"a", "3", "late"}}),
                    feed({{"b", "2", "two"}, {"b", "3", "three"}, {"b", "5", "five"}}), feed({})});
    std::string out;
    while (const auto entry = merge.next()) {
        out += entry->text + " ";
    }
    EXPECT_EQ(out, "one two three four late five ");
}

} // namespace
} // namespace amphid
