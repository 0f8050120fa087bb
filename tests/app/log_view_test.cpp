// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_view.h"

#include "app/console.h"
#include "app/log_reader.h"
#include "app/moment.h"

#include "../supervisor/directory.h"

#include <gtest/gtest.h>

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
    EXPECT_EQ(parse_moment("today", now)->usec - parse_moment("yesterday", now)->usec,
              std::int64_t{86'400'000'000});
}

TEST(Moment, AnythingElseIsRefused) {
    for (const char* wrong : {"", "soon", "13", "25:00", "2026-13-01", "2026-11-26T", "@", "-",
                              "-x", "1h", "2026-11-26 13:27:07:08"}) {
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

class LogReaderTest : public testing::Test {
protected:
    void append(const std::string& name, std::string_view text) const {
        std::ofstream(directory.path + "/" + name, std::ios::app) << text;
    }
    void move(const std::string& from, const std::string& to) const {
        std::filesystem::rename(directory.path + "/" + from, directory.path + "/" + to);
    }
    std::vector<std::string> read() {
        std::vector<std::string> out;
        reader.read([&out](std::string_view line) { out.emplace_back(line); });
        return out;
    }
    using Lines = std::vector<std::string>;
    TestDirectory directory;
    LogReader reader{directory.path + "/web.log"};
    const std::string first = "web.log.20261126T132707.000001Z";
    const std::string second = "web.log.20261126T132707.000002Z";
};

TEST_F(LogReaderTest, BeginsWithTheOldestFile) {
    append(first, "one\n");
    append(second, "two\n");
    append("web.log", "three\nfo");
    EXPECT_EQ(read(), (Lines{"one", "two", "three"}));
    append("web.log", "ur\n");
    EXPECT_EQ(read(), (Lines{"four"}));
}

TEST_F(LogReaderTest, FollowsOverRotations) {
    EXPECT_EQ(read(), Lines{});
    append("web.log", "one\n");
    EXPECT_EQ(read(), (Lines{"one"}));
    append("web.log", "two\n");
    move("web.log", first);
    append("web.log", "three\n");
    move("web.log", second);
    append("web.log", "four\n");
    EXPECT_EQ(read(), (Lines{"two", "three", "four"}));
}

TEST_F(LogReaderTest, FollowsWhereSomebodyElseMovedTheFile) {
    append("web.log", "one\n");
    EXPECT_EQ(read(), (Lines{"one"}));
    append("web.log", "two\n");
    move("web.log", "web.log.1");
    append("web.log", "three\n");
    EXPECT_EQ(read(), (Lines{"two", "three"}));
}

TEST_F(LogReaderTest, TheLastLinesNeedNoReadingOfAll) {
    const std::string path = directory.path + "/web.log";
    EXPECT_EQ(last_lines(path, 2), "");
    append("web.log", "one\n");
    EXPECT_EQ(last_lines(path, 2), "one\n");
    append("web.log", "two\nthree\nfour");
    EXPECT_EQ(last_lines(path, 2), "three\nfour\n");
    EXPECT_EQ(last_lines(path, 4), "one\ntwo\nthree\nfour\n");
    append("web.log", std::string(16000, 'x') + "\nfive\n" + std::string(1000, 'y') + "\n");
    EXPECT_EQ(last_lines(path, 3), "five\n" + std::string(1000, 'y') + "\n");
}

TEST_F(LogReaderTest, BeginsAnewWhereTheFileWasCut) {
    append("web.log", "one\ntwo\n");
    EXPECT_EQ(read(), (Lines{"one", "two"}));
    std::filesystem::resize_file(directory.path + "/web.log", 0);
    append("web.log", "three\n");
    EXPECT_EQ(read(), (Lines{"three"}));
}

} // namespace
} // namespace amphid
