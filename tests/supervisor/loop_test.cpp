// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/loop.h"

#include "machine/event.h"
#include "os/clock.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <string>

namespace amphid {
namespace {

struct Pipe {
    Pipe() {
        int ends[2];
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        reader = Fd(ends[0]);
        writer = Fd(ends[1]);
    }
    void write() const { EXPECT_EQ(::write(writer.get(), "x", 1), 1); }
    Fd reader;
    Fd writer;
};

bool go_on() {
    return true;
}

TEST(Loop, GivesTurnsInOrder) {
    Loop loop;
    std::string order;
    Pipe first;
    Pipe second;
    EventSource late(loop, Turn::deadline, [&] { order += "late "; });
    EventSource early(loop, Turn::notify, [&] { order += "early "; });
    late.on(first.reader.get());
    early.on(second.reader.get());
    first.write();
    second.write();
    loop.run_once(go_on);
    EXPECT_EQ(order, "early late ");
}

TEST(Loop, WhatIsNotHandledComesAgain) {
    Loop loop;
    int turns = 0;
    Pipe pipe;
    EventSource source(loop, Turn::output, [&] { ++turns; });
    source.on(pipe.reader.get());
    pipe.write();
    loop.run_once(go_on);
    loop.run_once(go_on);
    EXPECT_EQ(turns, 2);
}

TEST(Loop, AnEndedSourceHasNoTurnAnyMore) {
    Loop loop;
    Pipe first;
    Pipe second;
    auto victim = std::make_unique<EventSource>(loop, Turn::deadline, [] { ADD_FAILURE(); });
    EventSource source(loop, Turn::notify, [&] { victim.reset(); });
    victim->on(second.reader.get());
    source.on(first.reader.get());
    first.write();
    second.write();
    loop.run_once(go_on);
    EXPECT_FALSE(victim);
}

TEST(Loop, ASourceMayEndItselfInItsTurn) {
    Loop loop;
    Pipe pipe;
    int turns = 0;
    std::unique_ptr<EventSource> source;
    source = std::make_unique<EventSource>(loop, Turn::notify, [&] {
        source.reset();
        ++turns;
    });
    source->on(pipe.reader.get());
    pipe.write();
    loop.run_once(go_on);
    EXPECT_EQ(turns, 1);
}

TEST(Loop, StopsBetweenTurns) {
    Loop loop;
    Pipe first;
    Pipe second;
    EventSource one(loop, Turn::notify, [] {});
    EventSource two(loop, Turn::deadline, [] { ADD_FAILURE(); });
    one.on(first.reader.get());
    two.on(second.reader.get());
    first.write();
    second.write();
    loop.run_once([] { return false; });
}

TEST(EventSource, WatchesOneDescriptor) {
    Loop loop;
    Pipe first;
    Pipe second;
    std::string got;
    EventSource source(loop, Turn::output, [&] { got += "x"; });
    source.on(first.reader.get());
    source.on(first.reader.get());
    source.on(second.reader.get());
    first.write();
    second.write();
    loop.run_once(go_on);
    EXPECT_EQ(got, "x");
    source.on(-1);
    EXPECT_TRUE(source.is_off());
}

TEST(Timer, ElapsesOnceAndMoves) {
    Loop loop;
    int elapsed = 0;
    Timer timer(loop, Turn::deadline, [&] { ++elapsed; });
    timer.set(TimeSpan::infinity());
    timer.set(after(monotonic_now(), seconds(1000)));
    const TimeSpan soon = after(monotonic_now(), milliseconds(5));
    timer.set(soon);
    loop.run_once(go_on);
    EXPECT_EQ(elapsed, 1);
    EXPECT_GE(monotonic_now(), soon);
    timer.set({1}); // long past
    loop.run_once(go_on);
    EXPECT_EQ(elapsed, 2);
}

} // namespace
} // namespace amphid
