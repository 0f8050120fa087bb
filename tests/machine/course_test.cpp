// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/machine.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace amphid {
namespace {

using What = decltype(Event::what);

long count_signals(const std::vector<Effect>& effects, Which which) {
    return std::count_if(effects.begin(), effects.end(), [which](const Effect& e) {
        const auto* signal = std::get_if<SignalTree>(&e);
        return signal != nullptr && signal->which == which;
    });
}

/// What follows from these events, one after the other, for a service that is running.
struct Course {
    Machine machine;
    std::vector<Effect> effects;

    explicit Course(std::initializer_list<What> events, const Policy& policy = {}) {
        machine.state = ServiceState::running;
        machine.main_alive = machine.tree_alive = true;
        machine.ready = machine.ever_ready = true;
        for (const What& what : events) {
            const bool timer = std::holds_alternative<TimerElapsed>(what);
            const Moment at = timer ? machine.deadline : seconds(1);
            auto [next, more] = step(machine, policy, Event{at, what});
            machine = next;
            effects.insert(effects.end(), more.begin(), more.end());
        }
    }

    template <class T>
    long count() const {
        return std::count_if(effects.begin(), effects.end(),
                             [](const Effect& e) { return std::holds_alternative<T>(e); });
    }
};

TEST(Reload, EveryRequestHasItsAnswer) {
    const Course course(
        {ReloadRequested{}, ReloadRequested{}, ReloadFinished{true}, ReloadFinished{true}});
    EXPECT_EQ(name_of(course.machine.state), "running");
    EXPECT_EQ(course.count<ReportReload>(), 2) << "a request during a reload is lost";
}

TEST(Reload, FailureIsReportedAndTheServiceRunsOn) {
    const Course course({ReloadRequested{}, ReloadFinished{false}});
    EXPECT_EQ(name_of(course.machine.state), "running");
    EXPECT_EQ(course.count<AnnounceReloading>(), 1);
    EXPECT_EQ(course.count<AnnounceReloaded>(), 1) << "systemd waits for the end of every reload";
    ASSERT_EQ(course.count<ReportReload>(), 1);
    EXPECT_FALSE(std::get<ReportReload>(course.effects.back()).ok);
}

TEST(Reload, DeathDuringItIsAFailedReload) {
    const Course course({ReloadRequested{}, MainExited{{ExitKind::exited, 3, ExecStage::none}}});
    EXPECT_EQ(name_of(course.machine.state), "failed");
    EXPECT_EQ(name_of(course.machine.result), "exit-code");
    EXPECT_EQ(course.count<ReportReload>(), 1);
}

TEST(Reload, RefusedBeforeReadiness) {
    for (const ServiceState state : {ServiceState::start, ServiceState::stop_sigterm,
                                     ServiceState::stop_sigkill, ServiceState::auto_restart}) {
        Machine machine;
        machine.state = state;
        const Step next = step(machine, {}, Event{seconds(1), ReloadRequested{}});
        EXPECT_EQ(next.next, machine) << name_of(state);
        ASSERT_EQ(next.effects.size(), 1U) << name_of(state);
        const auto* report = std::get_if<ReportReload>(&next.effects.front());
        EXPECT_TRUE(report != nullptr && !report->ok) << name_of(state);
    }
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

TEST(Stop, OwnStopIsWaitedForWithoutASignal) {
    const Course course({NotifiedStopping{}});
    EXPECT_EQ(name_of(course.machine.state), "stop-sigterm");
    EXPECT_EQ(count_signals(course.effects, Which::kill), 0);
    EXPECT_EQ(course.count<AnnounceStopping>(), 1);
    EXPECT_EQ(course.count<ArmTimer>(), 1);
    // What it leaves behind gets the signal, once.
    const Course ended(
        {NotifiedStopping{}, MainExited{{ExitKind::exited, 0, ExecStage::none}, false}});
    EXPECT_EQ(name_of(ended.machine.state), "stop-sigterm");
    EXPECT_EQ(count_signals(ended.effects, Which::kill), 1);
}

TEST(Stop, MainProcessIsWaitedForWhateverElseIsGone) {
    const Course course({StopRequested{}, TreeEmpty{}});
    EXPECT_EQ(name_of(course.machine.state), "stop-sigterm");
    EXPECT_EQ(course.count<Finish>(), 0);
}

// A timer that was read before it was set again: suspend, ^Z and a busy machine make such batches.
TEST(Stop, TimerOfThePhaseBeforeDoesNotKill) {
    const Course course({StopRequested{}});
    const Step stale = step(course.machine, {}, Event{seconds(2), TimerElapsed{}});
    EXPECT_EQ(name_of(stale.next.state), "stop-sigterm");
    EXPECT_TRUE(stale.effects.empty());
}

TEST(Stop, SurvivorsOfSigkillEndAsFailure) {
    const Course course({StopRequested{}, TimerElapsed{}, TimerElapsed{}});
    EXPECT_EQ(name_of(course.machine.state), "failed");
    EXPECT_EQ(name_of(course.machine.result), "timeout");
    EXPECT_EQ(count_signals(course.effects, Which::final_kill), 1);
    EXPECT_EQ(course.count<SpawnMain>(), 0) << "no second copy beside them";
    EXPECT_TRUE(course.machine.main_alive) << "it is still there, and that is said";
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

} // namespace
} // namespace amphid
