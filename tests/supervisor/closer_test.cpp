// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/closer.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace amphid {
namespace {

class CloserTest : public testing::Test {
protected:
    /// One whose close(2) could wait.
    void take_socket() { take(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); }
    void take(int fd) {
        std::vector<Fd> one;
        one.emplace_back(fd);
        closer.take(std::move(one));
    }

    Loop loop;
    TimeSpan now = seconds(1);
    std::vector<std::size_t> closings; // how many descriptors each has closed
    Closer closer{loop, [this](std::vector<Fd> all) { closings.push_back(all.size()); },
                  [this] { return now; }};
};

using Closings = std::vector<std::size_t>;

TEST_F(CloserTest, TheFirstIsClosedAtOnceAndTheNextOnesTogether) {
    take_socket();
    EXPECT_EQ(closings, Closings{1});
    take_socket();
    take_socket();
    EXPECT_EQ(closings, Closings{1});
    // The timer's moment is long past for the kernel's clock.
    loop.run_once([] { return true; });
    EXPECT_EQ(closings, (Closings{1, 2}));
    take_socket();
    EXPECT_EQ(closings, (Closings{1, 2}));
    now = seconds(2);
    take_socket();
    EXPECT_EQ(closings, (Closings{1, 2, 2}));
}

TEST_F(CloserTest, NoMoreThanItsShareWaits) {
    take_socket();
    for (std::size_t i = 0; i < Closer::most_waiting; ++i) {
        take_socket();
    }
    EXPECT_EQ(closings, Closings{1});
    take_socket();
    EXPECT_EQ(closings, (Closings{1, Closer::most_waiting + 1}));
}

// A barrier's answer cannot wait, and needs no process.
TEST_F(CloserTest, APipeIsClosedAtOnce) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    take_socket();
    take(ends[1]);
    pollfd reader{ends[0], POLLIN, 0};
    EXPECT_EQ(::poll(&reader, 1, 0), 1);
    ::close(ends[0]);
    EXPECT_EQ(closings, Closings{1});
}

TEST(Closer, WhatWaitsIsClosedAtItsEnd) {
    Loop loop;
    Closings closings;
    {
        Closer closer(
            loop, [&](std::vector<Fd> all) { closings.push_back(all.size()); },
            [] { return seconds(1); });
        for (int i = 0; i < 2; ++i) {
            std::vector<Fd> one;
            one.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
            closer.take(std::move(one));
        }
    }
    EXPECT_EQ(closings, (Closings{1, 1}));
}

} // namespace
} // namespace amphid
