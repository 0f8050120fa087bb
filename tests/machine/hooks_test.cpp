// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "course.h"

#include <gtest/gtest.h>

#include <csignal>

// The types and the order of the hooks, each as one course from the start to the end.

namespace amphid {
namespace {

using enum ServiceType;
using enum CommandList;

TEST(Hooks, AllOfThemInTheirOrder) {
    EXPECT_EQ(
        play(with_hooks(policy_of(exec)),
             {StartRequested{}, hook_exits(), hook_exits(), MainStarted{}, hook_exits(),
              ReloadRequested{}, hook_exits(), StopRequested{}, hook_exits(),
              main_is_killed(SIGTERM), hook_exits()}),
        (Lines{"condition: begin exec-condition-0", "start-pre: exec-start-pre-0", "start: main-0",
               "start-post: exec-start-post-0", "running: READY", "reload: RELOADING exec-reload-0",
               "running: RELOADED reloaded", "stop: STOPPING exec-stop-0",
               "stop-sigterm: kill-signal(all)", "stop-post: exec-stop-post-0", "dead: end"}));
}

TEST(Hooks, SeveralCommandsOfAListOneAfterTheOther) {
    Policy policy = policy_of(exec);
    give(policy, exec_start_pre, {true, false, false});
    EXPECT_EQ(play(policy, {StartRequested{}, hook_exits(7), hook_exits(), hook_exits(8)}),
              (Lines{"start-pre: begin exec-start-pre-0", "start-pre: exec-start-pre-1",
                     "start-pre: exec-start-pre-2", "failed: end"}))
        << "only the first has the prefix '-'";
}

// A process that is named the main one by then is no command of the list.
TEST(Hooks, OfAOneshotRunOnce) {
    Policy policy = policy_of(oneshot);
    give(policy, exec_start_post);
    EXPECT_EQ(play(policy, {StartRequested{}, MainStarted{}, main_exits(), MainFound{},
                            main_exits(), hook_exits()}),
              (Lines{"start: begin main-0", "start:", "start-post: exec-start-post-0",
                     "start-post:", "start-post:", "dead: READY end"}));
    policy.has_conditions = true;
    EXPECT_EQ(play(policy, {StartRequested{}, MainStarted{}, main_exits(), MainFound{},
                            main_exits(), ConditionsMet{}}),
              (Lines{"start: begin main-0",
                     "start:", "start:", "start:", "start:", "start-post: exec-start-post-0"}));
}

TEST(Hooks, ConditionSkips) {
    Policy policy = with_hooks(policy_of(exec));
    policy.restart = Restart::always;
    for (const int code : {1, 254}) {
        Course course{policy};
        EXPECT_EQ(course.play({StartRequested{}, hook_exits(code), hook_exits()}),
                  (Lines{"condition: begin exec-condition-0", "stop-post: exec-stop-post-0",
                         "dead: end"}));
        EXPECT_EQ(name_of(course.machine.result), "exec-condition") << code;
    }
}

TEST(Hooks, ConditionFails) {
    const Policy policy = with_hooks(policy_of(exec));
    const What ends[] = {hook_exits(255), ControlExited{killed(SIGTERM), true}};
    for (const What& end : ends) {
        EXPECT_EQ(play(policy, {StartRequested{}, end, hook_exits()}).back(), "failed: end");
    }
}

TEST(Hooks, FailedStartHasNoExecStop) {
    EXPECT_EQ(
        play(with_hooks(policy_of(exec)),
             {StartRequested{}, hook_exits(), hook_leaves(3), TreeEmpty{}, hook_exits()}),
        (Lines{"condition: begin exec-condition-0", "start-pre: exec-start-pre-0",
               "stop-sigterm: kill-signal(all)", "stop-post: exec-stop-post-0", "failed: end"}));
}

TEST(Hooks, WhatStartPreLeavesIsGoneBeforeTheStart) {
    Policy policy = policy_of(exec);
    policy.kill_mode = KillMode::process;
    give(policy, exec_start_pre);
    EXPECT_EQ(play(policy, {StartRequested{}, hook_leaves()}),
              (Lines{"start-pre: begin exec-start-pre-0", "start: final-kill-signal(all) main-0"}));
}

TEST(Hooks, OwnEndRunsExecStopACrashDoesNot) {
    Policy policy = policy_of(exec);
    give(policy, exec_stop);
    give(policy, exec_stop_post);
    EXPECT_EQ(running(policy).play({main_exits(), hook_exits(), hook_exits()}),
              (Lines{"stop: exec-stop-0", "stop-post: exec-stop-post-0", "dead: end"}));
    EXPECT_EQ(running(policy).play({main_exits(1), hook_exits()}),
              (Lines{"stop-post: exec-stop-post-0", "failed: end"}));
}

TEST(Hooks, AShortProcessWaitsForStartPost) {
    Policy policy = policy_of(exec);
    policy.remain_after_exit = true;
    give(policy, exec_start_post);
    EXPECT_EQ(play(policy, {StartRequested{}, MainStarted{}, main_exits(), hook_exits()}),
              (Lines{"start: begin main-0", "start-post: exec-start-post-0",
                     "start-post:", "exited: READY"}));
    EXPECT_EQ(play(policy, {StartRequested{}, MainStarted{}, main_exits(1),
                            ControlExited{killed(SIGKILL), true}}),
              (Lines{"start: begin main-0", "start-post: exec-start-post-0",
                     "start-post: kill-hook", "failed: end"}));
}

TEST(Hooks, TooSlowOnesAreEnded) {
    Policy policy = policy_of(exec);
    give(policy, exec_stop);
    give(policy, exec_stop_post);
    Course course = running(policy);
    EXPECT_EQ(
        course.play({StopRequested{}, TimerElapsed{}, hook_leaves(), main_exits(), TimerElapsed{},
                     TimerElapsed{}, hook_exits()}),
        (Lines{"stop: STOPPING exec-stop-0", "stop-sigterm: kill-signal(all)",
               "stop-sigterm:", "stop-post: exec-stop-post-0", "final-sigterm: kill-signal(all)",
               "final-sigkill: final-kill-signal(all)", "failed: end"}));
    EXPECT_EQ(name_of(course.machine.result), "timeout");
    EXPECT_EQ(name_of(course.machine.blame.list), "exec-stop") << "the first one";
}

TEST(Hooks, TheMainProcessKeepsItsOwnPrefix) {
    Policy policy = policy_of(exec);
    give(policy, exec_start, {true});
    give(policy, exec_start_post, {false, false});
    EXPECT_EQ(
        play(policy, {StartRequested{}, MainStarted{}, hook_exits(), hook_exits(), main_exits(7)})
            .back(),
        "dead: end");
}

TEST(Types, OneshotRunsItsCommandsAndIsDone) {
    Policy policy = policy_of(oneshot);
    give(policy, exec_start, {false, true, false});
    give(policy, exec_stop);
    const std::vector<What> events{StartRequested{}, MainStarted{}, main_exits(),
                                   main_exits(3),    main_exits(),  hook_exits()};
    EXPECT_EQ(play(policy, events),
              (Lines{"start: begin main-0", "start:", "start: main-1", "start: main-2",
                     "stop: READY exec-stop-0", "dead: end"}));
    policy.remain_after_exit = true;
    EXPECT_EQ(play(policy, {StartRequested{}, main_exits(), main_exits(), main_exits(),
                            StopRequested{}, hook_exits()}),
              (Lines{"start: begin main-0", "start: main-1", "start: main-2", "exited: READY",
                     "stop: STOPPING exec-stop-0", "dead: end"}));
    EXPECT_EQ(play(policy, {StartRequested{}, main_exits(3)}).back(), "failed: end");
    EXPECT_EQ(play(policy, {StartRequested{}, main_is_killed(SIGTERM)}).back(), "failed: end")
        << "a signal is clean for daemons only";
}

TEST(Types, ForkingWithoutAPidFile) {
    const Policy policy = policy_of(forking);
    EXPECT_EQ(play(policy, {StartRequested{}, hook_leaves(), MainFound{}, main_exits(1)}),
              (Lines{"start: begin exec-start-0", "start: find-and-wait", "running: READY",
                     "failed: end"}));
    EXPECT_EQ(
        play(policy, {StartRequested{}, hook_leaves(), MainUnknown{}, TreeEmpty{}}),
        (Lines{"start: begin exec-start-0", "start: find-and-wait", "running: READY", "dead: end"}))
        << "running as long as anybody of it is there";
    EXPECT_EQ(play(policy, {StartRequested{}, hook_exits(1)}).back(), "failed: end");
}

TEST(Types, ForkingWithAPidFile) {
    Policy policy = policy_of(forking);
    policy.has_pid_file = true;
    Course vain{policy};
    EXPECT_EQ(vain.play({StartRequested{}, hook_leaves(), TreeEmpty{}}),
              (Lines{"start: begin exec-start-0", "start: find-and-wait", "failed: end"}));
    EXPECT_EQ(name_of(vain.machine.result), "protocol");
    EXPECT_EQ(play(policy, {StartRequested{}, hook_leaves(), TimerElapsed{}, TreeEmpty{}}),
              (Lines{"start: begin exec-start-0", "start: find-and-wait",
                     "stop-sigterm: kill-signal(all)", "failed: end"}));
    give(policy, exec_start_post); // which may write the pid file
    EXPECT_EQ(
        play(policy, {StartRequested{}, hook_leaves(), MainUnknown{}, hook_leaves(), MainFound{}}),
        (Lines{"start: begin exec-start-0", "start: find", "start-post: exec-start-post-0",
               "start-post: find-and-wait", "running: READY"}));
}

TEST(Types, TimeForThePidFileIsPartOfTheStart) {
    Policy policy = policy_of(forking);
    policy.has_pid_file = true;
    Course course{policy};
    course.play({StartRequested{}});
    const Moment deadline = course.machine.deadline;
    course.now = seconds(1050);
    course.play({hook_leaves()});
    EXPECT_EQ(course.machine.deadline, deadline);
}

TEST(Types, NotifyWaitsForItsWord) {
    for (const ServiceType type : {notify, notify_reload}) {
        EXPECT_EQ(play(policy_of(type), {StartRequested{}, MainStarted{}, NotifiedReady{}}),
                  (Lines{"start: begin main-0", "start:", "running: READY"}));
    }
    EXPECT_EQ(play(with_hooks(policy_of(notify)),
                   {StartRequested{}, NotifiedReady{}, hook_exits(), NotifiedReady{}}),
              (Lines{"condition: begin exec-condition-0",
                     "condition:", "start-pre: exec-start-pre-0", "start-pre:"}))
        << "not the word of a hook";
}

TEST(KillModes, WhomAStopIsFor) {
    const std::vector<What> events{StopRequested{}, MainExited{killed(SIGTERM), false}};
    const auto stop = [&](KillMode mode, bool send_sigkill = true) {
        Policy policy = policy_of(exec);
        policy.kill_mode = mode;
        policy.send_sigkill = send_sigkill;
        return running(policy).play(events);
    };
    EXPECT_EQ(stop(KillMode::control_group),
              (Lines{"stop-sigterm: STOPPING kill-signal(all)", "stop-sigterm:"}));
    EXPECT_EQ(stop(KillMode::mixed), (Lines{"stop-sigterm: STOPPING kill-signal(known)",
                                            "stop-sigkill: final-kill-signal(all)"}));
    EXPECT_EQ(stop(KillMode::mixed, false),
              (Lines{"stop-sigterm: STOPPING kill-signal(known)", "dead: end"}));
    EXPECT_EQ(stop(KillMode::process),
              (Lines{"stop-sigterm: STOPPING kill-signal(known)", "dead: end"}));
    EXPECT_EQ(stop(KillMode::none).front(), "dead: STOPPING end");
}

TEST(KillModes, MixedEndsWhatAStopPostHookLeft) {
    Policy policy = policy_of(exec);
    policy.kill_mode = KillMode::mixed;
    give(policy, exec_stop_post);
    EXPECT_EQ(running(policy).play(
                  {StopRequested{}, main_exits(), TimerElapsed{}, hook_leaves(), TreeEmpty{}}),
              (Lines{"stop-sigterm: STOPPING kill-signal(known)", "stop-post: exec-stop-post-0",
                     "final-sigterm: kill-signal(known)", "final-sigkill: final-kill-signal(all)",
                     "failed: end"}));
}

TEST(KillModes, NoneIsNeverSignalled) {
    Policy policy = policy_of(notify);
    policy.kill_mode = KillMode::none;
    for (const What& after : {What(TimerElapsed{}), What(StopRequested{})}) {
        Course course = running(policy);
        course.play({NotifiedStopping{}, after, TimerElapsed{}});
        EXPECT_EQ(course.count<SignalTree>(), 0);
    }
}

TEST(KillModes, WithoutSigkillWeGiveUp) {
    Policy policy = policy_of(exec);
    policy.send_sigkill = false;
    policy.restart = Restart::always;
    Course course = running(policy);
    EXPECT_EQ(course.play({MainExited{exited(1), false}, TimerElapsed{}}),
              (Lines{"stop-sigterm: kill-signal(all)", "failed: end"}))
        << "and there is no second copy beside the survivors";
}

TEST(KillModes, TheFirstHalfOfARestartHasItsSignal) {
    EXPECT_EQ(running(policy_of(exec)).play({StopRequested{true}}),
              (Lines{"stop-sigterm: STOPPING restart-kill-signal(all)"}));
}

// systemd.unit(5), OnFailure=: once the unit has failed for good, and whatever comes of it.
TEST(Hooks, OnFailureAfterTheLastRestart) {
    Policy policy = policy_of(exec);
    policy.restart = Restart::on_failure;
    policy.start_limit_burst = 1; // that it is up already does not count
    give(policy, on_failure, {false, false});
    give(policy, on_success);
    Course course = running(policy);
    EXPECT_EQ(course.play({main_exits(1), TimerElapsed{}, MainStarted{}, main_exits(1),
                           TimerElapsed{}, hook_leaves(7), hook_exits()}),
              (Lines{"auto-restart: RESTART", "start: begin main-0", "running: READY",
                     "auto-restart: RESTART", "stop-post: on-failure-0", "stop-post: on-failure-1",
                     "failed: end"}));
    EXPECT_EQ(name_of(course.machine.result), "start-limit-hit");
}

TEST(Hooks, OnSuccessAfterAStopThatNoRestartFollows) {
    Policy policy = policy_of(exec);
    give(policy, on_success);
    EXPECT_EQ(
        running(policy).play({StopRequested{}, main_is_killed(SIGTERM), hook_exits(1)}),
        (Lines{"stop-sigterm: STOPPING kill-signal(all)", "stop-post: on-success-0", "dead: end"}));
    EXPECT_EQ(running(policy).play({StopRequested{true}, main_is_killed(SIGTERM)}).back(),
              "dead: end");
    policy.restart_is_ours = false;
    EXPECT_EQ(running(policy).play({main_exits()}), Lines{"dead: end"}) << "systemd decides";
}

TEST(Hooks, ACommandOfTheEndIsKilledInItsTime) {
    Policy policy = policy_of(exec);
    give(policy, on_failure);
    Course course = running(policy);
    EXPECT_EQ(course.play({main_exits(1), TimerElapsed{}, TimerElapsed{}}),
              (Lines{"stop-post: on-failure-0", "stop-post: kill-hook", "failed: end"}));
    EXPECT_EQ(name_of(course.machine.result), "exit-code");
}

TEST(Hooks, ALostNameIsAStopAndNoFailure) {
    Policy policy = policy_of(exec);
    policy.restart = Restart::on_failure;
    give(policy, exec_stop);
    EXPECT_EQ(running(policy).play({NameLost{}, hook_exits(), main_is_killed(SIGTERM)}),
              (Lines{"stop: exec-stop-0", "stop-sigterm: kill-signal(all)", "dead: end"}));
}

// The reload is done first, as in systemd (service_good()).
TEST(Hooks, ANameLostDuringAReloadIsAStopAfterIt) {
    Policy policy = policy_of(exec);
    give(policy, exec_reload);
    EXPECT_EQ(running(policy).play({ReloadRequested{}, NameLost{}, hook_exits()}),
              (Lines{"reload: RELOADING exec-reload-0",
                     "reload:", "stop-sigterm: RELOADED reloaded kill-signal(all)"}));
}

} // namespace
} // namespace amphid
