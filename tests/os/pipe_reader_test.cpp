// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/pipe_reader.h"

#include "../supervisor/directory.h"

#include <gtest/gtest.h>

#include <fcntl.h>

namespace amphid {
namespace {

TEST(Splice, IsSilentBeforeLinux64) {
    for (const char* old : {"5.10.0-28-amd64", "6.1.0-13-amd64", "6.3", "4.19.0"}) {
        EXPECT_TRUE(splice_is_silent(old)) << old;
    }
    for (const char* young : {"6.4.0", "6.4-rc1", "6.18.44", "6.10", "7.0.1", "10.2"}) {
        EXPECT_FALSE(splice_is_silent(young)) << young;
    }
}

class PipeReaderTest : public testing::Test {
protected:
    PipeReaderTest() {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        from = Fd(ends[0]);
        to = Fd(ends[1]);
        reader.emplace(from.get());
    }
    void say(std::string_view text) const {
        ASSERT_EQ(::write(to.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    std::string rest() const {
        std::string out(100, '\0');
        out.resize(static_cast<std::size_t>(
            std::max<ssize_t>(::read(from.get(), out.data(), out.size()), 0)));
        return out;
    }
    Fd from;
    Fd to;
    std::optional<PipeReader> reader;
};

// A restart of a service that is silent asks each time whether there is something.
TEST_F(PipeReaderTest, ALookAtAnEmptyPipeOpensNothing) {
    const int next = ::dup(0); // the lowest free number
    ::close(next);
    EXPECT_EQ(reader->look(), "");
    const int after = ::dup(0);
    ::close(after);
    EXPECT_EQ(after, next);
    say("text");
    EXPECT_EQ(reader->look(), "text");
}

TEST_F(PipeReaderTest, ALookTakesNothing) {
    say("text");
    EXPECT_EQ(reader->look(), "text");
    say(" and more");
    EXPECT_EQ(reader->look(), "text and more");
    EXPECT_EQ(rest(), "text and more");
    EXPECT_EQ(reader->look(), "");
}

TEST_F(PipeReaderTest, WhatIsDroppedIsGone) {
    say("text and more");
    reader->drop(5);
    EXPECT_EQ(reader->look(), "and more");
}

TEST_F(PipeReaderTest, WhatIsMovedIsInTheFileAndGone) {
    const TestDirectory directory;
    const std::string path = directory.path + "/file";
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    say("text and more");
    EXPECT_EQ(reader->move_to(file.get(), 5), 5);
    EXPECT_EQ(directory.read("file"), "text ");
    EXPECT_EQ(rest(), "and more");
}

TEST_F(PipeReaderTest, AFileThatAppendsCannotBeMovedTo) {
    const TestDirectory directory;
    const std::string path = directory.path + "/file";
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    say("text");
    EXPECT_EQ(reader->move_to(file.get(), 4), -1);
    EXPECT_EQ(errno, EINVAL);
    EXPECT_EQ(rest(), "text");
}

} // namespace
} // namespace amphid
