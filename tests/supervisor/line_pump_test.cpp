// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/line_pump.h"

#include "base/text.h"

#include <gtest/gtest.h>

#include <fcntl.h>

namespace amphid {
namespace {

struct Heard {
    std::vector<std::string> lines;
    LineCutter cutter;
    /// The line, with "<" where its beginning is missing and ">" where its end is.
    void operator()(std::string_view text) {
        cutter.cut(text, [this](const Line& line) {
            lines.push_back(concat(line.begins ? "" : "<", line.text, line.ends ? "" : ">"));
        });
    }
};

TEST(LineCutter, KeepsWhatHasNoEndYet) {
    Heard heard;
    heard("one\ntw");
    heard("o\n\nthree");
    EXPECT_EQ(heard.lines, (std::vector<std::string>{"one", "two", ""}));
    heard("\n");
    EXPECT_EQ(heard.lines.back(), "three");
}

TEST(LineCutter, ShowsEveryPartOfALongLine) {
    Heard heard;
    const std::string half(LineCutter::longest / 2, 'x');
    heard(half + half);
    heard("the end\nnext\n");
    EXPECT_EQ(heard.lines,
              (std::vector<std::string>{half + half + ">", "<" + half + "the end", "next"}));
}

TEST(LineCutter, IsBounded) {
    Heard heard;
    for (int i = 0; i < 1000; ++i) {
        heard(std::string(1000, 'x'));
    }
    for (const std::string& part : heard.lines) {
        EXPECT_LE(part.size(), LineCutter::longest + 2);
    }
}

TEST(LineCutter, PassesNulsOn) {
    Heard heard;
    heard(std::string_view("a\0b\n", 4));
    EXPECT_EQ(heard.lines, (std::vector<std::string>{std::string("a\0b", 3)}));
}

struct Pumped {
    Pumped() : pump(loop, [this](const Line&) { ++lines; }) {}
    Loop loop;
    std::size_t lines = 0;
    LinePump pump;
};

TEST(LinePump, HoldsTheServiceBackWhereTheTargetIsFull) {
    int target[2];
    ASSERT_EQ(::pipe2(target, O_CLOEXEC | O_NONBLOCK), 0);
    const Fd reader(target[0]);
    Pumped pumped;
    const int service = pumped.pump.open();
    pumped.pump.aim(Fd(target[1]));
    pumped.pump.begin();
    // More than the target holds: the rest waits for it.
    const std::string text = std::string(1023, 'x') + '\n';
    std::size_t written = 0;
    std::size_t passed = 0;
    for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(::write(service, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        written += text.size();
        pumped.pump.drain(text.size());
    }
    std::string buffer(65536, '\0');
    while (passed < written) {
        const ssize_t n = ::read(reader.get(), buffer.data(), buffer.size());
        ASSERT_GT(n, 0) << "the target has got nothing more: " << passed;
        passed += static_cast<std::size_t>(n);
        pumped.pump.drain(written);
    }
    EXPECT_EQ(passed, written);
    EXPECT_EQ(pumped.lines, 100U);
}

TEST(LinePump, TakesNoMoreThanItsShareInATurn) {
    Pumped pumped;
    const int service = pumped.pump.open();
    const std::string text(50'000, '\n');
    ASSERT_EQ(::write(service, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    pumped.pump.drain(8192);
    EXPECT_EQ(pumped.lines, 8192U);
    pumped.pump.drain(text.size());
    EXPECT_EQ(pumped.lines, text.size());
}

} // namespace
} // namespace amphid
