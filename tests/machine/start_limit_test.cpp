// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "machine/machine.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

/// A service of type exec that crashes the same time after each start, and is started again at
/// once. Says how often it was started before the start limit ended it; 0: it never was.
unsigned starts_until_the_limit(unsigned burst, TimeSpan interval, TimeSpan life) {
    Policy policy;
    policy.restart = Restart::always;
    policy.restart_delay = {};
    policy.start_limit_burst = burst;
    policy.start_limit_interval = interval;
    Moment now = seconds(1000);
    Machine machine = step({}, policy, Event{now, StartRequested{}}).next;
    for (unsigned starts = 1; starts <= 100; ++starts) {
        machine = step(machine, policy, Event{now, MainStarted{}}).next;
        now.usec += life.usec;
        machine = step(machine, policy,
                       Event{now, MainExited{{ExitKind::exited, 1, ExecStage::none}, true}})
                      .next;
        EXPECT_EQ(name_of(machine.state), "auto-restart");
        machine = step(machine, policy, Event{now, TimerElapsed{}}).next;
        if (machine.state == ServiceState::failed) {
            EXPECT_EQ(name_of(machine.result), "start-limit-hit");
            EXPECT_EQ(machine.exit.status, 1) << "the last end is kept for the message";
            return starts;
        }
        EXPECT_EQ(name_of(machine.state), "start");
        EXPECT_EQ(machine.restarts, starts);
    }
    return 0;
}

struct Case {
    unsigned burst;
    TimeSpan interval;
    TimeSpan life;
    unsigned starts;
};

TEST(StartLimit, BurstStartsInEachInterval) {
    const Case cases[] = {
        {5, seconds(10), milliseconds(1), 5},
        {1, seconds(10), milliseconds(1), 1},
        {5, seconds(10), seconds(2), 5}, // 0, 2, 4, 6, 8, and the one at 10 is within, too
        {5, seconds(10), milliseconds(2001), 0},
        {5, seconds(10), seconds(3), 0},
        {0, seconds(10), milliseconds(1), 0}, // off
        {5, {}, milliseconds(1), 0},          // off
        {3, TimeSpan::infinity(), seconds(100'000), 3},
    };
    for (const Case& c : cases) {
        EXPECT_EQ(starts_until_the_limit(c.burst, c.interval, c.life), c.starts)
            << c.burst << " in " << format_time_span(c.interval) << ", one each "
            << format_time_span(c.life);
    }
}

TEST(StartLimit, ANewIntervalBeginsWithTheFirstStartAfterTheOld) {
    Policy policy;
    policy.start_limit_burst = 2;
    Machine machine;
    const auto start_at = [&](TimeSpan at) {
        machine.state = ServiceState::dead;
        machine = step(machine, policy, Event{at, StartRequested{}}).next;
        return machine.state == ServiceState::start;
    };
    EXPECT_TRUE(start_at(seconds(100)));
    EXPECT_TRUE(start_at(seconds(109)));
    EXPECT_FALSE(start_at(seconds(110)));
    EXPECT_TRUE(start_at(seconds(111))) << "the interval is over";
    EXPECT_TRUE(start_at(seconds(112)));
    EXPECT_FALSE(start_at(seconds(113)));
}

} // namespace
} // namespace amphid
