// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/verdict.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>

namespace amphid {
namespace {

class VerdictTest : public testing::Test {
protected:
    void SetUp() override {
        int ends[2];
        ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        reader = Fd(ends[0]);
        writer = Fd(ends[1]);
    }
    Fd reader;
    Fd writer;
};

TEST_F(VerdictTest, OfASuccessEndsThePipe) {
    send_verdict(writer, {ExitCode::success, "web: ready (PID 12)\n"});
    EXPECT_FALSE(writer);
    const auto verdict = receive_verdict(reader);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->code, ExitCode::success);
    EXPECT_EQ(verdict->text, "web: ready (PID 12)\n");
}

TEST_F(VerdictTest, OfAFailureLeavesThePipeOpen) {
    send_verdict(writer, {ExitCode::failure, "why\nand more\n"});
    ASSERT_TRUE(writer) << "its end is the daemon's";
    writer.reset();
    const auto verdict = receive_verdict(reader);
    ASSERT_TRUE(verdict);
    EXPECT_EQ(verdict->code, ExitCode::failure);
    EXPECT_EQ(verdict->text, "why\nand more\n");
}

TEST_F(VerdictTest, OfAStopForARestart) {
    send_verdict(writer, {ExitCode::failure, "stopped\n", true});
    writer.reset();
    const auto verdict = receive_verdict(reader);
    ASSERT_TRUE(verdict);
    EXPECT_TRUE(verdict->restarts);
    EXPECT_EQ(verdict->code, ExitCode::failure);
    EXPECT_EQ(verdict->text, "stopped\n");
}

TEST_F(VerdictTest, AWakeIsNoVerdict) {
    send_wake(writer);
    pollfd fd{reader.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&fd, 1, 0), 1);
    writer.reset();
    EXPECT_FALSE(receive_verdict(reader));
}

TEST_F(VerdictTest, ADeathIsNoVerdict) {
    writer.reset();
    EXPECT_FALSE(receive_verdict(reader));
}

} // namespace
} // namespace amphid
