// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_reader.h"

#include "plan/log_names.h"

#include "../supervisor/directory.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace amphid {
namespace {

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
        while (auto line = reader.next()) {
            out.push_back(std::move(*line));
        }
        return out;
    }
    /// By the program that does it elsewhere, too: it keeps the time.
    void compress(const std::string& name, const std::string& program) const {
        const std::string command =
            program + " -q " + (program == "zstd" ? "--rm " : "") + directory.path + "/" + name;
        ASSERT_EQ(std::system(command.c_str()), 0) << command;
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

TEST_F(LogReaderTest, ReadsCompressedFiles) {
    append(first, "one\n");
    append(second, "two\n");
    append("web.log", "three\n");
    compress(first, "gzip");
    compress(second, "gzip");
    EXPECT_EQ(read(), (Lines{"one", "two", "three"}));
}

TEST_F(LogReaderTest, AFileThatIsCompressedUnderItIsNotReadTwice) {
    append("web.log", "one\n");
    EXPECT_EQ(read(), (Lines{"one"}));
    append("web.log", "two\n");
    move("web.log", first);
    compress(first, "gzip");
    append("web.log", "three\n");
    move("web.log", second);
    compress(second, "gzip");
    append("web.log", "four\n");
    EXPECT_EQ(read(), (Lines{"two", "three", "four"}));
    append("web.log", "five\n");
    EXPECT_EQ(read(), (Lines{"five"}));
}

TEST_F(LogReaderTest, PassesOverWhatIsTooOld) {
    append(first, "one\n");
    append(second, "two\n");
    append("web.log", "three\n");
    reader.skip_before(parse_older_log("web.log", second)->rotated);
    EXPECT_EQ(read(), (Lines{"two", "three"}));
}

TEST_F(LogReaderTest, TheLastLineMayHaveNoEndYet) {
    append("web.log", "one\ntw");
    EXPECT_EQ(read(), (Lines{"one"}));
    EXPECT_EQ(reader.unfinished(), "tw");
    EXPECT_EQ(reader.unfinished(), std::nullopt);
}

} // namespace
} // namespace amphid
