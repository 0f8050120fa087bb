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

TEST_F(LogReaderTest, BeginsWithTheLastLines) {
    append(first, "one\ntwo\n");
    append(second, "three\nfour\n");
    append("web.log", "five\nsix\nseven");
    const Lines all{"one", "two", "three", "four", "five", "six"};
    for (std::size_t lines = 0; lines < 10; ++lines) {
        LogReader one(directory.path + "/web.log");
        one.skip_to_last(lines);
        Lines found;
        while (auto line = one.next()) {
            found.push_back(std::move(*line));
        }
        EXPECT_EQ(one.unfinished(), "seven");
        // The unfinished one counts.
        const std::size_t shown = lines == 0 || lines > 7 ? 7 : lines;
        EXPECT_EQ(found, Lines(all.end() - static_cast<std::ptrdiff_t>(shown - 1), all.end()))
            << lines;
    }
}

TEST_F(LogReaderTest, TheLastLinesAreFoundInCompressedFilesToo) {
    append(first, "one\ntwo\n");
    append(second, "three\nfour\n");
    compress(first, "gzip");
    compress(second, "gzip");
    reader.skip_to_last(1);
    EXPECT_EQ(read(), (Lines{"three", "four"})) << "there is no current file";
    append("web.log", "five\n");
    EXPECT_EQ(read(), (Lines{"five"}));
    LogReader more(directory.path + "/web.log");
    more.skip_to_last(4);
    for (const char* line : {"one", "two", "three", "four", "five"}) {
        EXPECT_EQ(more.next(), line);
    }
}

// 64 KiB are read at once.
TEST_F(LogReaderTest, TheLastLinesOfALargeFile) {
    std::string text;
    for (int i = 0; i < 50000; ++i) {
        text += "line " + std::to_string(i) + "\n";
    }
    append("web.log", text);
    reader.skip_to_last(20000);
    const Lines found = read();
    ASSERT_EQ(found.size(), 20000U);
    EXPECT_EQ(found.front(), "line 30000");
    EXPECT_EQ(found.back(), "line 49999");
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
