// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "course.h"

#include <gtest/gtest.h>

#include <csignal>

// What a launcher that was killed left behind, and what the next start makes of it.

namespace amphid {
namespace {

/// Of a service whose main process was known.
What left(ServiceState state, bool main_alive = true) {
    return Adopted{state, true, main_alive, 4};
}

TEST(Adoption, WhatIsUpGoesOn) {
    for (const ServiceState state : {ServiceState::running, ServiceState::reload,
                                     ServiceState::reload_signal, ServiceState::reload_notify}) {
        Course course{policy_of(ServiceType::exec)};
        EXPECT_EQ(course.play({left(state), StartRequested{}}),
                  (Lines{"running: READY", "running:"}))
            << name_of(state);
        EXPECT_EQ(course.machine.restarts, 4U);
        EXPECT_TRUE(course.machine.main_alive);
        EXPECT_EQ(course.count<SpawnMain>(), 0) << "never a second copy";
    }
    Policy policy = policy_of(ServiceType::oneshot);
    policy.remain_after_exit = true;
    EXPECT_EQ(play(policy, {left(ServiceState::exited, false), StopRequested{}, TreeEmpty{}}),
              (Lines{"exited: READY", "stop-sigterm: STOPPING kill-signal(all)", "dead: end"}));
}

TEST(Adoption, WhatIsHalfDoneIsEndedAndStartedAgain) {
    using enum ServiceState;
    for (const ServiceState state : {start, start_post, stop, stop_sigterm, stop_sigkill}) {
        EXPECT_EQ(play(policy_of(ServiceType::exec), {left(state), main_is_killed(SIGTERM)}),
                  (Lines{"stop-sigterm: kill-signal(all)", "start: begin main-0"}))
            << name_of(state);
    }
    for (const ServiceState state : {dead, condition, start_pre, running, stop_post, failed}) {
        EXPECT_EQ(play(policy_of(ServiceType::exec), {left(state, false), TreeEmpty{}}),
                  (Lines{"stop-sigterm: kill-signal(all)", "start: begin main-0"}))
            << name_of(state);
    }
}

TEST(Adoption, RunsWhatBelongsToTheEnd) {
    Policy policy = policy_of(ServiceType::exec);
    give(policy, CommandList::exec_stop);
    give(policy, CommandList::exec_stop_post);
    EXPECT_EQ(play(policy, {left(ServiceState::start), main_is_killed(SIGTERM), hook_exits()}),
              (Lines{"stop-sigterm: kill-signal(all)", "stop-post: exec-stop-post-0",
                     "start: begin main-0"}));
}

TEST(Adoption, StopBeatsTheStart) {
    Course course{policy_of(ServiceType::exec)};
    EXPECT_EQ(course.play({left(ServiceState::start), StopRequested{}, main_is_killed(SIGTERM)}),
              (Lines{"stop-sigterm: kill-signal(all)", "stop-sigterm: STOPPING", "dead: end"}));
}

// Its main process is no child of ours: nobody can say how it ended.
TEST(Adoption, EndOfAStrangerAfterOurSignalIsClean) {
    const What gone = MainExited{{ExitKind::unknown, 0, ExecStage::none}, true};
    Course stopped{policy_of(ServiceType::exec)};
    EXPECT_EQ(stopped.play({left(ServiceState::running), StopRequested{}, gone}).back(),
              "dead: end");
    Policy policy = policy_of(ServiceType::exec);
    policy.restart = Restart::on_failure;
    Course crashed{policy};
    EXPECT_EQ(crashed.play({left(ServiceState::running), gone}).back(), "auto-restart: RESTART");
    EXPECT_EQ(crashed.machine.restarts, 5U);
}

TEST(Adoption, KillModeSparesTheRestNotTheStart) {
    for (const KillMode mode : {KillMode::process, KillMode::none}) {
        Policy policy = policy_of(ServiceType::exec);
        policy.kill_mode = mode;
        EXPECT_EQ(play(policy, {left(ServiceState::running, false)}),
                  (Lines{"start: begin main-0"}))
            << name_of(mode);
    }
    Policy policy = policy_of(ServiceType::exec);
    policy.kill_mode = KillMode::mixed;
    EXPECT_EQ(play(policy, {left(ServiceState::running, false), TreeEmpty{}}),
              (Lines{"stop-sigkill: final-kill-signal(all)", "start: begin main-0"}));
}

TEST(Adoption, WhatIsTakenOverToBeStoppedIsNotStartedFirst) {
    for (const KillMode mode : {KillMode::process, KillMode::none}) {
        Policy policy = policy_of(ServiceType::exec);
        policy.kill_mode = mode;
        EXPECT_EQ(play(policy, {Adopted{ServiceState::running, true, false, 0, 0, true}}).back(),
                  "dead: end")
            << name_of(mode);
    }
    EXPECT_EQ(play(policy_of(ServiceType::exec),
                   {Adopted{ServiceState::start, true, false, 0, 0, true}, TreeEmpty{}})
                  .back(),
              "dead: end");
}

TEST(Adoption, NoSecondCopyBesideWhatCannotBeEnded) {
    Policy none = policy_of(ServiceType::exec);
    none.kill_mode = KillMode::none;
    EXPECT_EQ(play(none, {left(ServiceState::start)}), (Lines{"running: READY"}))
        << "nobody may end it, so it is the one";
    Course course{policy_of(ServiceType::exec)};
    EXPECT_EQ(course.play({left(ServiceState::start), TimerElapsed{}, TimerElapsed{}}).back(),
              "failed: end");
    EXPECT_EQ(course.count<SpawnMain>(), 0);
}

TEST(Adoption, ForkingWithoutAMainProcessRunsAsLongAsAnybody) {
    const Adopted unknown{ServiceState::running, false, false, 0};
    EXPECT_EQ(play(policy_of(ServiceType::forking), {unknown, TreeEmpty{}}),
              (Lines{"running: READY", "dead: end"}));
    EXPECT_EQ(play(policy_of(ServiceType::forking), {left(ServiceState::running, false)}),
              (Lines{"stop-sigterm: kill-signal(all)"}))
        << "that it had one, and lost it, is an end";
}

} // namespace
} // namespace amphid
