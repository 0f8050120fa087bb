// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_file.h"

#include "directory.h"
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

class LogFileTest : public testing::Test {
protected:
    LogFileTest() {
        settings.path = directory.path + "/web.log";
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        from = Fd(ends[0]);
        to = Fd(ends[1]);
        reader.emplace(from.get());
    }

    void say(std::string_view text, LogStream stream = LogStream::output) {
        ASSERT_EQ(::write(to.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
        const std::string_view seen = reader->look();
        EXPECT_EQ(seen, text);
        file.take(*reader, seen, stream);
        EXPECT_EQ(reader->look(), "") << "it is still in the pipe";
    }
    std::string current() const { return directory.read("web.log"); }
    std::vector<std::string> older() const {
        std::vector<std::string> out;
        for (const std::string& name : older_logs(directory.path, "web.log")) {
            out.push_back(directory.read(name));
        }
        return out;
    }

    TestDirectory directory;
    LogSettings settings;
    Log log{Log::Sink::syslog};
    LogFile file{settings, log};
    Fd from;
    Fd to;
    std::optional<PipeReader> reader;
};

/// No file may grow beyond this many bytes, for this process: as a disk that is full.
class Full {
public:
    explicit Full(rlim_t size) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit now = before_;
        now.rlim_cur = size;
        handler_ = ::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~Full() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        ::signal(SIGXFSZ, handler_);
    }

private:
    rlimit before_{};
    void (*handler_)(int) = SIG_DFL;
};

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

/// A launcher that was killed while it wrote "one\ntwo\n" with a prefix: the draft is there, and
/// this much of it is in the log.
class LogDraftTest : public LogFileTest {
protected:
    LogDraftTest() { settings.prefix = true; }

    void leave(const std::string& in_log) {
        std::ofstream(settings.path) << "before\n" << in_log;
        struct stat st {};
        ASSERT_EQ(::stat(settings.path.c_str(), &st), 0);
        ASSERT_EQ(::write(to.get(), "one\ntwo\nthree\n", 14), 14);
        {
            LogDraft draft(path() + ".killed");
            EXPECT_EQ(draft.hold(*reader, 8, {st.st_dev, st.st_ino, 7, true, "stdout: "}), 8U);
            std::filesystem::copy_file(path() + ".killed", path());
        }
        EXPECT_EQ(directory.count(), 2U) << "a draft goes with its owner";
        EXPECT_EQ(reader->look(), "three\n");
    }
    void take_over() {
        LogFile next(settings, log, path());
        next.open();
        next.take(*reader, reader->look());
        EXPECT_EQ(reader->look(), "");
    }
    std::string path() const { return directory.path + "/draft"; }
};

TEST_F(LogDraftTest, IsWrittenOnceMoreInTheSamePlace) {
    const std::string whole = "stdout: one\nstdout: two\n";
    for (const std::size_t written : {std::size_t{0}, std::size_t{10}, whole.size()}) {
        leave(whole.substr(0, written));
        take_over();
        EXPECT_EQ(current(), "before\n" + whole + "stdout: three\n") << written;
        EXPECT_EQ(directory.count(), 1U) << "the draft is done";
        std::filesystem::remove(settings.path);
    }
}

TEST_F(LogDraftTest, GoesToTheNewFileWhereTheLogWasMoved) {
    leave("");
    std::filesystem::rename(settings.path, directory.path + "/web.log.1");
    take_over();
    EXPECT_EQ(directory.read("web.log.1"), "before\n");
    EXPECT_EQ(current(), "stdout: one\nstdout: two\nstdout: three\n");
}

TEST_F(LogDraftTest, IsEmptyOnceTheTextIsWritten) {
    LogFile writer(settings, log, path());
    writer.open();
    ASSERT_EQ(::write(to.get(), "one\ntwo", 7), 7);
    writer.take(*reader, reader->look());
    EXPECT_EQ(directory.read("draft"), "");
    EXPECT_EQ(reader->look(), "");
    EXPECT_EQ(current(), "stdout: one\nstdout: two");
}

TEST_F(LogDraftTest, WhatIsNoDraftIsLeftAlone) {
    std::ofstream(path()) << std::string(200, 'x');
    LogFile next(settings, log, path());
    next.open();
    EXPECT_EQ(current(), "");
}

// The text is in the draft, no longer in the pipe: it is counted as lost all the same, once.
TEST_F(LogDraftTest, AFullDiskLosesWhatItHeld) {
    const std::string before = std::string(1999, 'x') + '\n'; // the draft fits below the limit
    std::ofstream(settings.path) << before;
    LogFile writer(settings, log, path());
    writer.open();
    ASSERT_EQ(::write(to.get(), "two\nthree\n", 10), 10);
    {
        const Full full(before.size() + 3);
        writer.take(*reader, reader->look());
        EXPECT_EQ(reader->look(), "");
    }
    ASSERT_EQ(::write(to.get(), "four\n", 5), 5);
    writer.take(*reader, reader->look());
    EXPECT_EQ(reader->look(), "");
    EXPECT_EQ(current(), before + "amphid: 2 lines (10 bytes) lost: File too large\n"
                                  "stdout: four\n");
}

} // namespace
} // namespace amphid
