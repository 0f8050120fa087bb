// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/line_pump.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>

namespace amphid {
namespace {

TEST(CutLines, KeepsTheRest) {
    std::string rest;
    std::vector<std::string> lines;
    const auto hear = [&lines](std::string_view line) { lines.emplace_back(line); };
    cut_lines("one\ntw", rest, hear);
    cut_lines("o\n\nthree", rest, hear);
    EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", ""}));
    EXPECT_EQ(rest, "three");
}

TEST(CutLines, IsBounded) {
    std::string rest;
    std::vector<std::string> lines;
    const auto hear = [&lines](std::string_view line) { lines.emplace_back(line); };
    for (int i = 0; i < 100; ++i) {
        cut_lines(std::string(1000, 'x'), rest, hear);
    }
    EXPECT_EQ(rest.size(), 4096U);
    cut_lines("y\n", rest, hear);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines.front(), std::string(4096, 'x'));
}

TEST(LinePump, PassesOnWhatTheTargetTakes) {
    int target[2];
    ASSERT_EQ(::pipe2(target, O_CLOEXEC | O_NONBLOCK), 0);
    const Fd reader(target[0]);
    LinePump pump;
    const int service = pump.open();
    pump.aim(Fd(target[1]));
    std::size_t lines = 0;
    const auto hear = [&lines](std::string_view) { ++lines; };
    // More than the target holds: the rest waits for it, and nobody spins.
    const std::string text = std::string(1023, 'x') + '\n';
    std::size_t written = 0;
    std::size_t passed = 0;
    const auto look = [&] {
        pollfd fd{pump.fd(), POLLIN, 0};
        if (::poll(&fd, 1, 0) == 0) {
            return false;
        }
        pump.drain(hear);
        return true;
    };
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(::write(service, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        written += text.size();
        look();
    }
    EXPECT_FALSE(look()) << "the target is full";
    std::string buffer(65536, '\0');
    for (int i = 0; i < 1000 && passed < written; ++i) {
        const ssize_t n = ::read(reader.get(), buffer.data(), buffer.size());
        passed += n > 0 ? static_cast<std::size_t>(n) : 0;
        look();
    }
    EXPECT_EQ(passed, written);
    EXPECT_EQ(lines, 100U);
}

} // namespace
} // namespace amphid
