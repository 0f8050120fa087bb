// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_file.h"

#include "log_file_fixture.h"
#include "os/log_chain.h"
#include "os/os_error.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/resource.h>
#include <sys/stat.h>

namespace amphid {
namespace {

TEST_F(LogFileTest, TakesWhatWasWritten) {
    file.open();
    say("one\ntw");
    say("o\n");
    EXPECT_EQ(current(), "one\ntwo\n");
    struct stat st {};
    ASSERT_EQ(::stat(settings.path.c_str(), &st), 0);
    EXPECT_EQ(st.st_mode & 0777U, 0640U);
}

TEST_F(LogFileTest, GoesOnInTheSameFile) {
    std::ofstream(settings.path) << "of another run\n";
    file.open();
    say("of this run\n");
    EXPECT_EQ(current(), "of another run\nof this run\n");
}

TEST_F(LogFileTest, RotatesAtTheEndOfALine) {
    settings.max_size = 11;
    file.open();
    say("one\ntwo\nthree\nfour\n");
    EXPECT_EQ(older(), (std::vector<std::string>{"one\ntwo\n"}));
    EXPECT_EQ(current(), "three\nfour\n");
    say("five and ");
    EXPECT_EQ(older().size(), 2U);
    say("more\nsix\n");
    EXPECT_EQ(older(),
              (std::vector<std::string>{"one\ntwo\n", "three\nfour\n", "five and more\n"}));
    EXPECT_EQ(current(), "six\n");
}

TEST_F(LogFileTest, KeepsAsManyAsItIsTold) {
    settings.max_size = 4;
    settings.keep = 2;
    file.open();
    say("a\nb\nc\nd\ne\nf\ng\nh\ni\n");
    EXPECT_EQ(older(), (std::vector<std::string>{"e\nf\n", "g\nh\n"}));
    EXPECT_EQ(current(), "i\n");
}

TEST_F(LogFileTest, APeriodBeginsANewFile) {
    settings.max_age = seconds(86400);
    std::ofstream(settings.path) << "yesterday\n";
    const timespec times[2] = {{1'000'000, 0}, {1'000'000, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, settings.path.c_str(), times, 0), 0);
    file.open();
    say("today\n");
    EXPECT_EQ(older(), (std::vector<std::string>{"yesterday\n"}));
    EXPECT_EQ(current(), "today\n");
}

TEST_F(LogFileTest, AFileThatWasMovedGetsTheRestOfItsLine) {
    file.open();
    say("one\ntw");
    std::filesystem::rename(settings.path, directory.path + "/web.log.1");
    say("o\nthree\n");
    EXPECT_EQ(directory.read("web.log.1"), "one\ntwo\n");
    EXPECT_EQ(current(), "three\n");
}

TEST_F(LogFileTest, AFileThatWasCutIsWrittenFromItsEnd) {
    file.open();
    say("one\ntwo\n");
    std::filesystem::resize_file(settings.path, 0);
    say("three\n");
    EXPECT_EQ(current(), "three\n");
}

TEST_F(LogFileTest, StampsEachLineOnce) {
    settings.timestamps = LogTimestamps::monotonic;
    file.open();
    say("one\ntw");
    say("o\n");
    const std::string text = current();
    EXPECT_EQ(std::count(text.begin(), text.end(), '['), 2) << text;
    EXPECT_TRUE(text.ends_with("] two\n")) << text;
}

TEST_F(LogFileTest, AnotherProcessBeginsALineOfItsOwn) {
    file.open();
    say("torn");
    file.end_line();
    file.end_line();
    say("whole\n");
    EXPECT_EQ(current(), "torn\nwhole\n");
}

TEST_F(LogFileTest, WhatIsLostIsCountedAndNoLineIsTorn) {
    file.open();
    say("one\n");
    {
        const Full full(8);
        say("two\nthree\nfour\n");
        say("five\nsi");
        EXPECT_EQ(current(), "one\ntwo\n");
    }
    say("x\nseven\n");
    EXPECT_EQ(current(), "one\ntwo\namphid: 4 lines (20 bytes) lost: File too large\nseven\n");
}

TEST_F(LogFileTest, StampedLinesAreLostAsAWhole) {
    settings.timestamps = LogTimestamps::monotonic;
    file.open();
    {
        const Full full(8);
        say("one\ntw");
        EXPECT_EQ(current(), "");
    }
    say("o\nthree\n");
    const std::string text = current();
    EXPECT_NE(text.find("] amphid: 2 lines (8 bytes) lost: File too large\n"), std::string::npos)
        << text;
    EXPECT_TRUE(text.ends_with("] three\n")) << text;
}

TEST_F(LogFileTest, AFifoThatNobodyReadsHoldsNobodyUp) {
    ASSERT_EQ(::mkfifo(settings.path.c_str(), 0600), 0);
    file.open();
    say("lost\n");
    const Fd fifo(::open(settings.path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    say("heard\n");
    std::string text(4096, '\0');
    text.resize(static_cast<std::size_t>(
        std::max<ssize_t>(::read(fifo.get(), text.data(), text.size()), 0)));
    EXPECT_EQ(text, "amphid: 1 line (5 bytes) lost: No such device or address\nheard\n");
}

TEST_F(LogFileTest, AFullDeviceLosesEverything) {
    settings.path = "/dev/full";
    file.open();
    say("lost\n");
    say("lost, too\n");
}

TEST_F(LogFileTest, ALinkOfSomebodyElseIsRefused) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "somebody else can be had by root only";
    }
    std::filesystem::create_symlink("/dev/null", settings.path);
    ASSERT_EQ(::lchown(settings.path.c_str(), 65534, 65534), 0);
    EXPECT_THROW(file.open(), OsError);
}

TEST_F(LogFileTest, AnotherLauncherWritesToTheSameFile) {
    file.open();
    LogFile other(settings, log);
    try {
        other.open();
        ADD_FAILURE() << "both may use it";
    } catch (const OsError& error) {
        EXPECT_EQ(error.error(), EBUSY);
    }
    settings.max_size = 4;
    say("one\ntwo\n"); // the new file is as much its own
    EXPECT_THROW(other.open(), OsError);
}

TEST_F(LogFileTest, NewFilesAreTheirOwners) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root gives files away";
    }
    settings.uid = 1;
    settings.gid = 2;
    settings.max_size = 4;
    file.open();
    say("one\ntwo\nthree\n");
    for (const auto& entry : std::filesystem::directory_iterator(directory.path)) {
        struct stat st {};
        ASSERT_EQ(::stat(entry.path().c_str(), &st), 0);
        EXPECT_EQ(st.st_uid, 1U) << entry.path();
        EXPECT_EQ(st.st_gid, 2U) << entry.path();
    }
    EXPECT_EQ(older().size(), 3U);
}

TEST_F(LogFileTest, AFileThatHasContentStaysWhoseItIs) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root gives files away";
    }
    std::ofstream(settings.path) << "of another run\n";
    settings.uid = 1;
    file.open();
    struct stat st {};
    ASSERT_EQ(::stat(settings.path.c_str(), &st), 0);
    EXPECT_EQ(st.st_uid, 0U);
}

TEST_F(LogFileTest, PrefixesTellTheStreamsApart) {
    settings.prefix = true;
    file.open();
    say("one\ntw");
    say("three\n", LogStream::error);
    say("o\n");
    EXPECT_EQ(current(), "stdout: one\nstdout: tw\nstderr: three\nstdout: o\n");
}

TEST_F(LogFileTest, ThePrefixStandsBehindTheTime) {
    settings.prefix = true;
    settings.timestamps = LogTimestamps::monotonic;
    file.open();
    say("one\n", LogStream::error);
    EXPECT_TRUE(current().ends_with("] stderr: one\n")) << current();
}

TEST_F(LogFileTest, TheDefaultOneIsMadeWithItsFirstLine) {
    settings.path = directory.path + "/amphid/web.log";
    settings.is_default = true;
    file.open_at_start();
    EXPECT_EQ(directory.count(), 0U);
    say("one\n");
    EXPECT_EQ(directory.read("amphid/web.log"), "one\n");
}

TEST_F(LogFileTest, OneThatIsOpenedLateBeginsALineOfItsOwn) {
    std::ofstream(settings.path) << "of a killed run";
    settings.is_default = true;
    file.open_at_start();
    file.end_line();
    say("of this run\n");
    EXPECT_EQ(current(), "of a killed run\nof this run\n");
}

TEST_F(LogFileTest, AMovedFileIsLetGoWhenAsked) {
    file.open();
    say("one\n");
    std::filesystem::rename(settings.path, directory.path + "/web.log.1");
    file.look();
    EXPECT_EQ(directory.read("web.log"), "");
    EXPECT_TRUE(std::filesystem::exists(settings.path));
    say("two\n");
    EXPECT_EQ(directory.read("web.log.1"), "one\n");
    EXPECT_EQ(current(), "two\n");
}

// A text with the most stamps that it can have is several times the buffer.
TEST_F(LogFileTest, ManyShortLinesGetTheirStamps) {
    settings.prefix = true;
    file.open();
    ::fcntl(to.get(), F_SETPIPE_SZ, 1 << 20);
    const std::string text(PipeReader::most, '\n');
    say(text);
    const std::string log = current();
    ASSERT_EQ(log.size(), text.size() * 9);
    for (std::size_t i = 0; i < log.size(); i += 9) {
        ASSERT_EQ(log.compare(i, 9, "stdout: \n"), 0) << i;
    }
}

TEST_F(LogFileTest, ADirectoryThatVanishedLosesLinesUntilItIsBack) {
    const std::string folder = directory.path + "/logs";
    settings.path = folder + "/web.log";
    std::filesystem::create_directory(folder);
    file.open();
    std::filesystem::remove_all(folder);
    say("one\n");
    std::filesystem::create_directory(folder);
    say("two\n");
    EXPECT_EQ(directory.read("logs/web.log"),
              "amphid: 1 line (4 bytes) lost: No such file or directory\ntwo\n");
}

} // namespace
} // namespace amphid
