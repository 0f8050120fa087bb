// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_compressor.h"

#include "directory.h"
#include "os/log_chain.h"
#include "os/run_program.h"
#include "plan/log_names.h"

#include <sys/stat.h>
#include <unistd.h>

namespace amphid {
namespace {

const std::string first = "web.log.20261126T132707.000042Z";
const std::string second = "web.log.20261126T132708.000000Z";

class LogCompressorTest : public testing::Test {
protected:
    LogCompressorTest() {
        settings.path = directory.path + "/web.log";
        settings.compress = LogCompression::gzip;
    }
    std::string path(const std::string& name) const { return directory.path + '/' + name; }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name)) << text;
    }
    struct stat facts(const std::string& name) const {
        struct stat st {};
        EXPECT_EQ(::lstat(path(name).c_str(), &st), 0) << name;
        return st;
    }
    bool exists(const std::string& name) const {
        struct stat st {};
        return ::lstat(path(name).c_str(), &st) == 0;
    }
    std::string unpacked(const std::string& name) const {
        return run_program({"gzip", "-dc", path(name)}, true)->output;
    }
    /// Until that name is there; ended by a signal where it never is.
    void run_until_there(const std::string& name) {
        ::alarm(60);
        while (!exists(name)) {
            loop.run_once([] { return true; });
        }
        ::alarm(0);
    }

    TestDirectory directory;
    LogSettings settings;
    Log log{Log::Sink::syslog};
    Loop loop;
};

TEST_F(LogCompressorTest, EachOlderFileIsReplacedByACompressedOne) {
    write(first, "one\n");
    write(second, "two\n");
    write("web.log", "three\n");
    ASSERT_EQ(::chmod(path(first).c_str(), 0604), 0);
    const struct stat before = facts(first);
    LogCompressor compressor(loop, settings, log);
    compressor.look(facts("web.log"));
    run_until_there(second + ".gz");
    EXPECT_EQ(older_logs(directory.path, "web.log"),
              (std::vector<std::string>{first + ".gz", second + ".gz"}));
    EXPECT_EQ(unpacked(first + ".gz"), "one\n");
    EXPECT_EQ(unpacked(second + ".gz"), "two\n");
    const struct stat after = facts(first + ".gz");
    EXPECT_EQ(after.st_mode, before.st_mode);
    EXPECT_EQ(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
    EXPECT_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
    EXPECT_EQ(directory.read("web.log"), "three\n");
    EXPECT_FALSE(exists(first));
}

TEST_F(LogCompressorTest, WhatIsStillWrittenToIsLeftAlone) {
    write(first, "one\n");
    write(second, "its last line is not finis");
    LogCompressor compressor(loop, settings, log);
    compressor.look(facts(second)); // moved away, and not let go yet
    run_until_there(first + ".gz");
    EXPECT_TRUE(exists(second));
    EXPECT_FALSE(exists(unfinished_name(second, settings.compress)));
}

TEST_F(LogCompressorTest, ALinkIsNotFollowed) {
    write("secret", "of somebody else\n");
    ASSERT_EQ(::symlink(path("secret").c_str(), path(first).c_str()), 0);
    write(second, "two\n");
    LogCompressor compressor(loop, settings, log);
    compressor.look({});
    loop.run_once([] { return true; });
    EXPECT_FALSE(exists(first + ".gz"));
    EXPECT_TRUE(exists(first));
    compressor.look({}); // after the next rotation the others have their turn
    run_until_there(second + ".gz");
}

TEST_F(LogCompressorTest, OneThatEndsLeavesNothingHalfDone) {
    settings.compress = LogCompression::gzip;
    write(first, std::string(std::size_t{64} << 20, 'x'));
    {
        LogCompressor compressor(loop, settings, log);
        compressor.look({});
    }
    EXPECT_EQ(facts(first).st_size, 64 << 20);
    EXPECT_EQ(directory.count(), 1U);
}

// A launcher that was killed: its partial file, or the complete one beside the plain one.
TEST_F(LogCompressorTest, WhatAnotherOneHasBegunIsDoneAnew) {
    write(first, "one\n");
    write(unfinished_name(first, settings.compress), "half");
    write(second, "two\n");
    write(second + ".gz", "not even that");
    write(unfinished_name("web.log.20261126T132709.000000Z", LogCompression::zstd), "half");
    LogCompressor compressor(loop, settings, log);
    compressor.look({});
    ::alarm(60);
    while (exists(second)) {
        loop.run_once([] { return true; });
    }
    ::alarm(0);
    EXPECT_EQ(directory.count(), 2U);
    EXPECT_EQ(unpacked(first + ".gz"), "one\n");
    EXPECT_EQ(unpacked(second + ".gz"), "two\n");
}

} // namespace
} // namespace amphid
