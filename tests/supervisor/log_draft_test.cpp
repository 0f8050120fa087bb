// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_draft.h"

#include "log_file_fixture.h"

#include <filesystem>
#include <sys/stat.h>

namespace amphid {
namespace {

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

TEST_F(LogDraftTest, WhatSomebodyElseHasWrittenStays) {
    leave("stdout: one\nanother's\n");
    take_over();
    EXPECT_EQ(current(), "before\nstdout: one\nanother's\n"
                         "stdout: one\nstdout: two\nstdout: three\n");
}

TEST_F(LogDraftTest, TheRestOfItIsWritten) {
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
