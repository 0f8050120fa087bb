// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "course.h"

#include <cstdint>
#include <gtest/gtest.h>

#include <csignal>

// Whether, when and how often.

namespace amphid {
namespace {

Policy growing() {
    Policy policy = policy_of(ServiceType::exec);
    policy.restart = Restart::always;
    policy.restart_delay = seconds(1);
    policy.restart_steps = 4;
    policy.restart_max_delay = seconds(16);
    policy.start_limit_burst = 0;
    return policy;
}

// systemd.service(5), RestartSteps=: equal factors from the first delay to the greatest.
TEST(RestartDelay, GrowsInSteps) {
    const Policy policy = growing();
    const std::int64_t least[] = {1, 2, 4, 8, 16, 16, 16};
    for (std::uint64_t count = 1; count <= std::size(least); ++count) {
        const std::int64_t usec = least[count - 1] * 1'000'000;
        for (std::uint64_t seed = 0; seed < 1000; ++seed) {
            const TimeSpan delay = restart_delay(policy, count, seed);
            ASSERT_GE(delay.usec, usec - 1) << count; // the arithmetic of doubles
            ASSERT_LE(delay.usec, usec + usec / 10) << count;
            ASSERT_LE(delay, policy.restart_max_delay) << count;
        }
    }
}

TEST(RestartDelay, IsScattered) {
    const Policy policy = growing();
    std::int64_t least = TimeSpan::infinity().usec;
    std::int64_t most = 0;
    for (std::uint64_t seed = 1'000'000; seed < 1'000'100; ++seed) {
        const std::int64_t usec = restart_delay(policy, 3, seed).usec;
        least = std::min(least, usec);
        most = std::max(most, usec);
    }
    EXPECT_LT(least, 4'040'000) << "services that fell together";
    EXPECT_GT(most, 4'360'000) << "must not come back together";
}

TEST(RestartDelay, IsConstantWhereNothingGrows) {
    Policy one = growing();
    one.restart_steps = 0;
    Policy endless = growing();
    endless.restart_max_delay = TimeSpan::infinity();
    Policy at_once = growing();
    at_once.restart_delay = {};
    Policy shrinking = growing();
    shrinking.restart_max_delay = milliseconds(500);
    for (const Policy& policy : {one, endless, at_once, shrinking}) {
        for (const std::uint64_t count : {1U, 2U, 5U, 100U}) {
            EXPECT_EQ(restart_delay(policy, count, count), policy.restart_delay);
        }
    }
}

TEST(RestartDelay, SurvivesTheGreatestNumbers) {
    Policy policy = growing();
    policy.restart_delay = {1};
    policy.restart_steps = 1'000'000;
    policy.restart_max_delay = {TimeSpan::infinity().usec - 1};
    TimeSpan last;
    for (const std::uint64_t count : {1ULL, 10ULL, 500'000ULL, 1'000'000ULL, ~0ULL}) {
        const TimeSpan delay = restart_delay(policy, count, 0);
        EXPECT_GE(delay, last) << count;
        EXPECT_LE(delay, policy.restart_max_delay) << count;
        last = delay;
    }
    EXPECT_EQ(last, policy.restart_max_delay);
}

/// Lives so long after each start, and crashes; gives the delays of the restarts in seconds.
std::vector<std::int64_t> delays(const Policy& policy, const std::vector<TimeSpan>& lives) {
    Course course{policy};
    course.play({StartRequested{}, MainStarted{}});
    std::vector<std::int64_t> out;
    for (const TimeSpan life : lives) {
        course.now = after(course.now, life);
        course.play({main_exits(1)});
        out.push_back(course.machine.restart_delay.usec / 1'000'000);
        course.play({TimerElapsed{}, MainStarted{}});
    }
    return out;
}

TEST(RestartDelay, BeginsAnewAfterAHealthyTime) {
    const TimeSpan short_life = seconds(1);
    EXPECT_EQ(delays(growing(), {short_life, short_life, short_life, seconds(17), short_life}),
              (std::vector<std::int64_t>{1, 2, 4, 1, 2}));
    EXPECT_EQ(delays(growing(), {short_life, short_life, seconds(16)}),
              (std::vector<std::int64_t>{1, 2, 4}))
        << "not longer than the greatest delay";
}

TEST(Restart, CountsAllAndThoseInARow) {
    Course course{growing()};
    course.play({StartRequested{}, MainStarted{}, main_exits(1), TimerElapsed{}, MainStarted{}});
    course.now = seconds(2000);
    course.play({main_exits(1)});
    EXPECT_EQ(course.machine.restarts, 2U);
    EXPECT_EQ(course.machine.restarts_in_a_row, 1U);
}

/// Where a service that was up is after this end.
std::string_view state_after(const Policy& policy, const MainExit& exit) {
    Course course = running(policy);
    course.play({MainExited{exit, true}});
    return name_of(course.machine.state);
}

// systemd.service(5), RestartPreventExitStatus= and RestartForceExitStatus=.
TEST(Restart, PreventBeatsForceBeatsRestart) {
    Policy policy = policy_of(ServiceType::exec);
    policy.restart = Restart::on_failure;
    policy.restart_prevent_exit_status = {{2, 3}, {SIGABRT}};
    policy.restart_force_exit_status = {{0, 3}, {SIGTERM}};
    const MainExit dumped{ExitKind::dumped, SIGABRT, ExecStage::none};
    EXPECT_EQ(state_after(policy, exited(1)), "auto-restart");
    EXPECT_EQ(state_after(policy, exited(2)), "failed");
    EXPECT_EQ(state_after(policy, exited(3)), "failed");
    EXPECT_EQ(state_after(policy, exited(0)), "auto-restart") << "though it is a success";
    EXPECT_EQ(state_after(policy, killed(SIGTERM)), "auto-restart");
    EXPECT_EQ(state_after(policy, killed(SIGABRT)), "failed");
    EXPECT_EQ(state_after(policy, dumped), "failed") << "with a core dump, too";
    EXPECT_EQ(state_after(policy, killed(SIGKILL)), "auto-restart");
}

TEST(Restart, ForAStartThatFailsToo) {
    Policy policy = growing();
    policy.type = ServiceType::notify;
    EXPECT_EQ(play(policy, {StartRequested{}, main_exits(1), TimerElapsed{}, main_exits()}),
              (Lines{"start: begin main-0", "auto-restart: RESTART", "start: begin main-0",
                     "auto-restart: RESTART"}));
    EXPECT_EQ(play(policy, {StartRequested{}, TimerElapsed{}, main_is_killed(SIGTERM)}).back(),
              "auto-restart: RESTART")
        << "after a timeout";
    EXPECT_EQ(play(policy, {StartRequested{}, OutOfResources{}, main_is_killed(SIGTERM)}).back(),
              "auto-restart: RESTART")
        << "Restart= holds for the result resources";
    policy.restart = Restart::on_abnormal;
    EXPECT_EQ(play(policy, {StartRequested{}, main_exits(1)}).back(), "failed: end");
    EXPECT_EQ(play(policy, {StartRequested{}, main_is_killed(SIGSEGV)}).back(),
              "auto-restart: RESTART");
}

TEST(Restart, OneTryIsAllWhereThatWasAskedFor) {
    Policy policy = growing();
    policy.type = ServiceType::notify;
    policy.retries_first_start = false;
    EXPECT_EQ(play(policy, {StartRequested{}, main_exits(1)}).back(), "failed: end");
    EXPECT_EQ(play(policy, {StartRequested{}, NotifiedReady{}, main_exits(1), TimerElapsed{},
                            main_exits(1)})
                  .back(),
              "auto-restart: RESTART")
        << "once it has been ready, every start is tried again";
    EXPECT_EQ(
        play(policy, {StartRequested{}, NotifiedReady{}, OutOfResources{}, main_is_killed(SIGTERM)})
            .back(),
        "failed: end")
        << "nobody could be told that it was ready";
}

TEST(Restart, NotForASkippedStart) {
    Policy policy = growing();
    give(policy, CommandList::exec_condition);
    EXPECT_EQ(play(policy, {StartRequested{}, hook_exits(1)}).back(), "dead: end");
}

TEST(Restart, WithoutDelayIsToldToo) {
    Policy policy = growing();
    policy.restart_delay = {};
    Course course{policy};
    EXPECT_EQ(course.play({StartRequested{}, main_exits(1)}).back(), "auto-restart: RESTART");
    EXPECT_EQ(course.machine.exit, exited(1)) << "what is told is still there";
    EXPECT_EQ(course.machine.deadline, course.now);
}

TEST(Restart, StopBeatsIt) {
    Course waiting = running(growing());
    EXPECT_EQ(waiting.play({main_exits(1), StopRequested{}}),
              (Lines{"auto-restart: RESTART", "dead: STOPPING end"}));
    Course dying = running(growing());
    EXPECT_EQ(dying.play({MainExited{exited(1), false}, StopRequested{}, TreeEmpty{}}),
              (Lines{"stop-sigterm: kill-signal(all)", "stop-sigterm: STOPPING", "failed: end"}));
}

TEST(Restart, IsSystemdsWhereItStartedUs) {
    Policy policy = growing();
    policy.restart_is_ours = false;
    EXPECT_EQ(running(policy).play({main_exits(1)}), (Lines{"failed: end"}));
}

} // namespace
} // namespace amphid
