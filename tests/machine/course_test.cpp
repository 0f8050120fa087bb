// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "course.h"
#include "machine/ending.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

namespace amphid {
namespace {

long count_signals(const std::vector<Effect>& effects, Which which) {
    return std::count_if(effects.begin(), effects.end(), [which](const Effect& e) {
        const auto* signal = std::get_if<SignalTree>(&e);
        return signal != nullptr && signal->which == which;
    });
}

/// What follows for a service that is running.
Course course_of(const std::vector<What>& events) {
    Course course = running(policy_of(ServiceType::exec));
    course.play(events);
    return course;
}

TEST(Stop, KillSignalIsSentOnce) {
    Policy policy;
    policy.type = ServiceType::notify;
    Machine machine;
    machine.state = ServiceState::start;
    machine.main_alive = true;
    machine.tree_alive = true;
    machine.deadline = seconds(1);
    long signals = 0;
    for (const What& what : {What(TimerElapsed{}), What(MainExited{{}, false})}) {
        auto [next, effects] = step(machine, policy, Event{seconds(1), what});
        machine = next;
        signals += count_signals(effects, Which::kill);
    }
    EXPECT_EQ(name_of(machine.state), "stop-sigterm");
    EXPECT_EQ(signals, 1) << "many programs take a second SIGTERM for 'at once'";
}

TEST(Stop, AKillHasTenSecondsOrMore) {
    for (const auto& [timeout, patience] : {std::pair(1, 10), {10, 10}, {90, 90}}) {
        Policy policy = policy_of(ServiceType::exec);
        policy.timeout_stop = seconds(timeout);
        Course course = running(policy);
        course.play({StopRequested{}, TimerElapsed{}});
        EXPECT_EQ(name_of(course.machine.state), "stop-sigkill");
        EXPECT_EQ(course.machine.deadline.usec - course.now.usec, seconds(patience).usec);
    }
}

TEST(Stop, OwnStopIsWaitedForWithoutASignal) {
    const Course course = course_of({NotifiedStopping{}});
    EXPECT_EQ(name_of(course.machine.state), "stop-sigterm");
    EXPECT_EQ(count_signals(course.effects, Which::kill), 0);
    EXPECT_EQ(course.count<AnnounceStopping>(), 1);
    EXPECT_EQ(course.count<ArmTimer>(), 1);
    // What it leaves behind gets the signal, once.
    const Course ended =
        course_of({NotifiedStopping{}, MainExited{{ExitKind::exited, 0, ExecStage::none}, false}});
    EXPECT_EQ(name_of(ended.machine.state), "stop-sigterm");
    EXPECT_EQ(count_signals(ended.effects, Which::kill), 1);
    // So does the service itself when somebody asks, but nobody after SIGKILL.
    EXPECT_EQ(count_signals(course_of({NotifiedStopping{}, StopRequested{}}).effects, Which::kill),
              1);
    const Course killed = course_of({NotifiedStopping{}, TimerElapsed{}, StopRequested{}});
    EXPECT_EQ(name_of(killed.machine.state), "stop-sigkill");
    EXPECT_EQ(count_signals(killed.effects, Which::kill), 0);
}

TEST(Stop, MainProcessIsWaitedForWhateverElseIsGone) {
    const Course course = course_of({StopRequested{}, TreeEmpty{}});
    EXPECT_EQ(name_of(course.machine.state), "stop-sigterm");
    EXPECT_EQ(course.count<Finish>(), 0);
}

// A timer that was read before it was set again: suspend, ^Z and a busy machine make such batches.
TEST(Stop, TimerOfThePhaseBeforeDoesNotKill) {
    const Course course = course_of({StopRequested{}});
    const Step stale = step(course.machine, {}, Event{seconds(1001), TimerElapsed{}});
    EXPECT_EQ(name_of(stale.next.state), "stop-sigterm");
    EXPECT_TRUE(stale.effects.empty());
}

TEST(Stop, SurvivorsOfSigkillEndAsFailure) {
    const Course course = course_of({StopRequested{}, TimerElapsed{}, TimerElapsed{}});
    EXPECT_EQ(name_of(course.machine.state), "failed");
    EXPECT_EQ(name_of(course.machine.result), "timeout");
    EXPECT_EQ(count_signals(course.effects, Which::final_kill), 1);
    EXPECT_EQ(course.count<SpawnMain>(), 0) << "no second copy beside them";
    EXPECT_TRUE(course.machine.main_alive) << "it is still there, and that is said";
}

// systemd.service(5), RuntimeMaxSec=: from readiness on, through every reload.
TEST(RuntimeMax, EndsTheService) {
    Policy policy = policy_of(ServiceType::exec);
    policy.runtime_max = seconds(60);
    Course course{policy};
    course.play({StartRequested{}, MainStarted{}});
    EXPECT_EQ(course.machine.deadline, seconds(1060));
    course.now = seconds(1030);
    course.play({ReloadRequested{}});
    EXPECT_TRUE(course.machine.deadline.is_infinite());
    course.play({ReloadFinished{true}});
    EXPECT_EQ(course.machine.deadline, seconds(1060));
    EXPECT_EQ(course.play({TimerElapsed{}, main_is_killed(SIGTERM)}),
              (Lines{"stop-sigterm: kill-signal(all)", "failed: end"}));
    EXPECT_EQ(name_of(course.machine.result), "timeout");
    EXPECT_EQ(describe_cause(course.machine, policy, ""), "it ran longer than 1min");
}

TEST(RuntimeMax, IsExtendedByTheService) {
    Policy policy = policy_of(ServiceType::notify);
    policy.runtime_max = seconds(60);
    Course course{policy};
    course.play({StartRequested{}, MainStarted{}, NotifiedReady{}, NotifiedExtend{seconds(10)}});
    EXPECT_EQ(course.machine.deadline, seconds(1060));
    course.play({NotifiedExtend{seconds(90)}});
    EXPECT_EQ(course.machine.deadline, seconds(1090));
}

TEST(RuntimeMax, CountsOnAfterAKilledLauncher) {
    Policy policy = policy_of(ServiceType::exec);
    policy.runtime_max = seconds(60);
    Course course{policy};
    course.play({Adopted{ServiceState::running, true, true, 0, 0, false, seconds(950)}});
    EXPECT_EQ(course.machine.deadline, seconds(1010));
    Course late{policy};
    late.play({Adopted{ServiceState::running, true, true, 0, 0, false, seconds(900)}});
    EXPECT_EQ(late.machine.deadline, late.now) << "overdue: it elapses at once";
}

TEST(RuntimeMax, IsNotForWhatHasExited) {
    Policy policy = policy_of(ServiceType::exec);
    policy.runtime_max = seconds(60);
    policy.remain_after_exit = true;
    Course course{policy};
    course.play({StartRequested{}, MainStarted{}, main_exits()});
    EXPECT_EQ(name_of(course.machine.state), "exited");
    EXPECT_TRUE(course.machine.deadline.is_infinite());
}

// systemd, EXTEND_TIMEOUT_USEC=: the end is moved away, never nearer.
TEST(Extend, NeverShortens) {
    Policy policy;
    policy.type = ServiceType::notify;
    policy.timeout_start = seconds(90);
    const Moment now = seconds(1000);
    for (const ServiceState state :
         {ServiceState::start, ServiceState::stop_sigterm, ServiceState::stop_sigkill}) {
        Machine machine;
        machine.state = state;
        machine.main_alive = true;
        machine.deadline = seconds(1090);
        const auto deadline = [&](TimeSpan by) {
            return step(machine, policy, Event{now, NotifiedExtend{by}}).next.deadline;
        };
        EXPECT_EQ(deadline(seconds(89)), seconds(1090)) << name_of(state);
        EXPECT_EQ(deadline(seconds(91)), seconds(1091)) << name_of(state);
        machine.deadline = TimeSpan::infinity();
        EXPECT_EQ(deadline(seconds(91)), TimeSpan::infinity()) << name_of(state);
    }
}

// MAINPID= of a daemon before its start command has ended: there is nothing left to find.
TEST(MainProcess, ThatIsToldIsNotGuessed) {
    const Policy policy = policy_of(ServiceType::forking);
    EXPECT_EQ(play(policy, {StartRequested{}, MainFound{}, hook_leaves()}),
              (Lines{"start: begin exec-start-0", "start:", "running: READY"}));
    EXPECT_EQ(play(with_hooks(policy),
                   {StartRequested{}, hook_leaves(), hook_leaves(), MainFound{}, hook_leaves()})
                  .back(),
              "start-post: exec-start-post-0");
    EXPECT_EQ(play(policy, {StartRequested{}, MainFound{}, MainExited{exited(3), false},
                            ControlExited{killed(SIGKILL), true}}),
              (Lines{"start: begin exec-start-0", "start:", "start: kill-hook", "failed: end"}))
        << "its end is the end of the start";
    EXPECT_EQ(
        play(policy, {StartRequested{}, MainFound{}, MainExited{exited(0), false}, hook_leaves()})
            .back(),
        "start: find-and-wait")
        << "one that did its work and left another is no failure";
}

TEST(MainProcess, ThatIsToldLateCounts) {
    EXPECT_EQ(play(policy_of(ServiceType::forking),
                   {StartRequested{}, hook_leaves(), MainUnknown{}, MainFound{}, main_exits(3)}),
              (Lines{"start: begin exec-start-0", "start: find-and-wait", "running: READY",
                     "running:", "failed: end"}));
}

// A signal for the main process alone was for another one than is the main process now.
TEST(MainProcess, SuccessorGetsTheKillSignal) {
    Policy policy = policy_of(ServiceType::forking);
    for (const KillMode mode : {KillMode::process, KillMode::mixed, KillMode::control_group}) {
        policy.kill_mode = mode;
        const bool alone = mode != KillMode::control_group;
        EXPECT_EQ(running(policy).play({StopRequested{}, MainFound{}}).back(),
                  alone ? "stop-sigterm: kill-signal(known)" : "stop-sigterm:");
    }
}

} // namespace
} // namespace amphid
