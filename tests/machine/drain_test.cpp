// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "course.h"

#include <gtest/gtest.h>

// drain-sec: what a service still does between the word that it stops and the stop itself.

namespace amphid {
namespace {

Policy draining(ServiceType type = ServiceType::notify) {
    Policy policy = policy_of(type);
    policy.drain = seconds(5);
    return policy;
}

What times_out() {
    return TimerElapsed{};
}

TEST(Drain, ComesBeforeTheSignal) {
    EXPECT_EQ(running(draining()).play({StopRequested{}, times_out(), main_exits(0)}),
              (Lines{"drain: STOPPING", "stop-sigterm: kill-signal(all)", "dead: end"}));
}

TEST(Drain, ComesBeforeExecStop) {
    EXPECT_EQ(running(with_hooks(draining())).play({StopRequested{}, times_out()}),
              (Lines{"drain: STOPPING", "stop: exec-stop-0"}));
}

TEST(Drain, IsThereForARestartToo) {
    EXPECT_EQ(running(draining()).play({StopRequested{true}}), (Lines{"drain: STOPPING"}));
}

TEST(Drain, EndsAtASecondRequest) {
    EXPECT_EQ(running(draining()).play({StopRequested{}, StopRequested{}}),
              (Lines{"drain: STOPPING", "stop-sigterm: kill-signal(all)"}));
}

TEST(Drain, EndsWithTheService) {
    EXPECT_EQ(running(draining()).play({StopRequested{}, main_exits(0)}),
              (Lines{"drain: STOPPING", "dead: end"}));
    EXPECT_EQ(running(draining()).play({StopRequested{}, main_exits(3)}),
              (Lines{"drain: STOPPING", "failed: end"}));
}

TEST(Drain, RefusesReloads) {
    EXPECT_EQ(running(draining()).play({StopRequested{}, ReloadRequested{}}),
              (Lines{"drain: STOPPING", "drain: not-reloaded"}));
}

TEST(Drain, WaitsWithTheHookOfAReload) {
    EXPECT_EQ(running(with_hooks(draining()))
                  .play({ReloadRequested{}, StopRequested{}, hook_exits(1), times_out()}),
              (Lines{"reload: RELOADING exec-reload-0", "drain: not-reloaded STOPPING",
                     "drain:", "stop: exec-stop-0"}));
}

TEST(Drain, EndsWithKillSignalWhereTheHookStillRuns) {
    EXPECT_EQ(running(with_hooks(draining()))
                  .play({ReloadRequested{}, StopRequested{}, times_out()})
                  .back(),
              "stop-sigterm: kill-signal(all)");
}

TEST(Drain, IsNotForWhatIsNotUp) {
    Course starting{draining()};
    EXPECT_EQ(starting.play({StartRequested{}, StopRequested{}}).back(),
              "stop-sigterm: STOPPING kill-signal(all)");
    EXPECT_EQ(running(draining()).play({main_is_killed(9)}).back().substr(0, 6), "failed");
    Course exited = running(draining(ServiceType::oneshot));
    exited.machine.state = ServiceState::exited;
    exited.machine.main_alive = exited.machine.tree_alive = false;
    EXPECT_EQ(exited.play({StopRequested{}}), (Lines{"dead: STOPPING end"}));
}

} // namespace
} // namespace amphid
