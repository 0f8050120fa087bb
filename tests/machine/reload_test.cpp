// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "course.h"

#include <cstdint>
#include <gtest/gtest.h>

#include <csignal>

// How a reload goes, and who hears of it.

namespace amphid {
namespace {

using enum CommandList;

Policy notify_reload() {
    return policy_of(ServiceType::notify_reload);
}

Policy with_hook(ServiceType type, std::vector<bool> ignored = {false}) {
    Policy policy = policy_of(type);
    give(policy, exec_reload, std::move(ignored));
    return policy;
}

What says_reloading(TimeSpan at) {
    return NotifiedReloading{at};
}

constexpr Moment later = seconds(1001);

TEST(Reload, BySignal) {
    EXPECT_EQ(running(policy_of(ServiceType::exec)).play({ReloadRequested{}, ReloadFinished{true}}),
              (Lines{"reload: RELOADING reload-signal", "running: RELOADED reloaded"}));
}

TEST(Reload, EveryRequestHasItsAnswer) {
    EXPECT_EQ(running(policy_of(ServiceType::exec))
                  .play({ReloadRequested{}, ReloadRequested{}, ReloadFinished{true},
                         ReloadFinished{true}}),
              (Lines{"reload: RELOADING reload-signal",
                     "reload:", "reload: RELOADED reloaded RELOADING reload-signal",
                     "running: RELOADED reloaded"}))
        << "what was to be read may have changed since the first one read it";
}

TEST(Reload, FailureIsReportedAndTheServiceRunsOn) {
    EXPECT_EQ(
        running(policy_of(ServiceType::exec)).play({ReloadRequested{}, ReloadFinished{false}}),
        (Lines{"reload: RELOADING reload-signal", "running: RELOADED not-reloaded"}));
}

TEST(Reload, DeathDuringItIsAFailedReload) {
    Course course = running(policy_of(ServiceType::exec));
    const Lines lines = course.play({ReloadRequested{}, ReloadRequested{}, main_exits(3)});
    EXPECT_EQ(name_of(course.machine.state), "failed");
    EXPECT_EQ(name_of(course.machine.result), "exit-code");
    EXPECT_EQ(course.count<ReportReload>(), 2) << lines.back();
}

TEST(Reload, RefusedBeforeReadiness) {
    for (const ServiceState state : {ServiceState::start, ServiceState::stop_sigterm,
                                     ServiceState::stop_sigkill, ServiceState::auto_restart}) {
        Course course{policy_of(ServiceType::exec)};
        course.machine.state = state;
        EXPECT_EQ(course.play({ReloadRequested{}}),
                  (Lines{concat(name_of(state), ": not-reloaded")}));
    }
}

TEST(Reload, ByHooks) {
    const Policy policy = with_hook(ServiceType::exec, {false, false});
    EXPECT_EQ(running(policy).play({ReloadRequested{}, hook_leaves(), hook_leaves()}),
              (Lines{"reload: RELOADING exec-reload-0", "reload: exec-reload-1",
                     "running: RELOADED reloaded"}));
    Course failed = running(policy);
    EXPECT_EQ(failed.play({ReloadRequested{}, hook_leaves(1)}),
              (Lines{"reload: RELOADING exec-reload-0", "running: RELOADED not-reloaded"}));
    EXPECT_EQ(name_of(failed.machine.result), "success") << "the service has not failed";
}

TEST(Reload, FailureOfAHookMayBeIgnored) {
    const Policy policy = with_hook(ServiceType::exec, {true, false});
    EXPECT_EQ(running(policy).play({ReloadRequested{}, hook_leaves(1), hook_leaves()}),
              (Lines{"reload: RELOADING exec-reload-0", "reload: exec-reload-1",
                     "running: RELOADED reloaded"}));
}

TEST(Reload, TooSlowHookIsKilledAndTheRestIsLeftOut) {
    const Policy policy = with_hook(ServiceType::exec, {true, true});
    const What ends[] = {ControlExited{killed(SIGKILL), false}, hook_leaves()};
    for (const What& end : ends) {
        EXPECT_EQ(running(policy).play({ReloadRequested{}, TimerElapsed{}, end}),
                  (Lines{"reload: RELOADING exec-reload-0", "reload: kill-hook",
                         "running: RELOADED not-reloaded"}));
    }
    EXPECT_EQ(running(policy).play({ReloadRequested{}, TimerElapsed{}, TimerElapsed{}}).back(),
              "running: RELOADED not-reloaded")
        << "one that not even SIGKILL ends holds nobody up";
}

TEST(Reload, StopInTheMidstOfItHasNoExecStop) {
    Policy policy = with_hook(ServiceType::exec);
    give(policy, exec_stop);
    EXPECT_EQ(running(policy).play({ReloadRequested{}, StopRequested{}}),
              (Lines{"reload: RELOADING exec-reload-0",
                     "stop-sigterm: not-reloaded STOPPING kill-signal(all)"}));
}

TEST(Reload, EndInTheMidstOfItWaitsForTheHook) {
    Policy policy = with_hook(ServiceType::exec);
    give(policy, exec_stop);
    EXPECT_EQ(running(policy).play({ReloadRequested{}, MainExited{exited(0), false},
                                    ReloadRequested{}, ControlExited{killed(SIGKILL), true}}),
              (Lines{"reload: RELOADING exec-reload-0", "reload: not-reloaded kill-hook",
                     "reload: not-reloaded", "stop: RELOADED exec-stop-0"}));
    EXPECT_EQ(running(policy).play({ReloadRequested{}, MainExited{exited(0), false},
                                    StopRequested{}, ControlExited{killed(SIGKILL), true}}),
              (Lines{"reload: RELOADING exec-reload-0", "reload: not-reloaded kill-hook",
                     "stop-sigterm: STOPPING kill-signal(all)", "dead: end"}));
}

// Another process is named the main one meanwhile, and ends as well.
TEST(Reload, BothMainProcessesMayEndInTheMidstOfIt) {
    Policy policy = with_hook(ServiceType::exec);
    give(policy, exec_stop);
    const std::vector<What> first{ReloadRequested{}, MainExited{exited(0), false}, MainFound{}};
    std::vector<What> events = first;
    events.insert(events.end(), {main_exits(), hook_exits()});
    EXPECT_EQ(running(policy).play(events).back(), "stop: RELOADED exec-stop-0");
    events = first;
    events.insert(events.end(), {main_exits(7), hook_exits(), main_exits()});
    Course course = running(policy);
    EXPECT_EQ(course.play(events)[4], "failed: RELOADED end");
    EXPECT_EQ(name_of(course.machine.result), "exit-code");
}

TEST(Reload, OfAnExitedServiceIsForHooksOnly) {
    Policy policy = policy_of(ServiceType::oneshot);
    policy.remain_after_exit = true;
    const std::vector<What> events{StartRequested{}, main_exits(), ReloadRequested{}};
    EXPECT_EQ(play(policy, events).back(), "exited: not-reloaded");
    give(policy, exec_reload);
    EXPECT_EQ(play(policy, events).back(), "reload: RELOADING exec-reload-0");
}

TEST(Reload, OfAServiceThatIsGoneAfterwards) {
    Policy policy = with_hook(ServiceType::forking);
    EXPECT_EQ(play(policy, {StartRequested{}, hook_leaves(), MainUnknown{}, ReloadRequested{},
                            hook_exits()})
                  .back(),
              "dead: RELOADED reloaded end");
}

TEST(NotifyReload, ServiceSaysHowFarItIs) {
    EXPECT_EQ(running(notify_reload())
                  .play({ReloadRequested{}, ReloadFinished{true}, says_reloading(later),
                         NotifiedReady{}}),
              (Lines{"reload-signal: RELOADING reload-signal",
                     "reload-signal:", "reload-notify:", "running: RELOADED reloaded"}));
}

// A fast service has answered before we have seen that our own signal is sent.
TEST(NotifyReload, WordsMayComeBeforeTheSignalIsAccountedFor) {
    const Lines lines = running(notify_reload())
                            .play({ReloadRequested{}, says_reloading(later), NotifiedReady{},
                                   ReloadFinished{true}});
    EXPECT_EQ(lines, (Lines{"reload-signal: RELOADING reload-signal",
                            "reload-notify:", "running: RELOADED reloaded", "running:"}));
}

TEST(NotifyReload, OlderMessageIsNoAnswer) {
    EXPECT_EQ(running(notify_reload())
                  .play({ReloadRequested{}, ReloadFinished{true}, says_reloading(seconds(999)),
                         NotifiedReady{}, TimerElapsed{}}),
              (Lines{"reload-signal: RELOADING reload-signal", "reload-signal:", "reload-signal:",
                     "reload-signal:", "running: RELOADED not-reloaded"}));
}

TEST(NotifyReload, SignalThatCouldNotBeSentIsAFailure) {
    EXPECT_EQ(running(notify_reload()).play({ReloadRequested{}, ReloadFinished{false}}).back(),
              "running: RELOADED not-reloaded");
}

TEST(NotifyReload, SilenceIsAFailedReload) {
    for (const bool half : {false, true}) {
        Course course = running(notify_reload());
        course.play({ReloadRequested{}, ReloadFinished{true}});
        if (half) {
            course.play({says_reloading(later)});
        }
        EXPECT_EQ(course.play({TimerElapsed{}}), (Lines{"running: RELOADED not-reloaded"}));
        EXPECT_EQ(name_of(course.machine.result), "success");
    }
}

TEST(NotifyReload, WordsDuringAHookCount) {
    Policy policy = with_hook(ServiceType::notify);
    EXPECT_EQ(running(policy)
                  .play({ReloadRequested{}, says_reloading(later), NotifiedReady{}, hook_leaves()})
                  .back(),
              "running: RELOADED reloaded");
    EXPECT_EQ(running(policy).play(
                  {ReloadRequested{}, says_reloading(later), hook_leaves(), NotifiedReady{}}),
              (Lines{"reload: RELOADING exec-reload-0",
                     "reload:", "reload-notify:", "running: RELOADED reloaded"}));
}

TEST(NotifyReload, ByItselfIsPassedOnAndCounts) {
    EXPECT_EQ(running(policy_of(ServiceType::notify))
                  .play({says_reloading(later), ReloadRequested{}, NotifiedReady{},
                         ReloadFinished{true}}),
              (Lines{"reload-notify: RELOADING",
                     "reload-notify:", "reload: RELOADED reloaded RELOADING reload-signal",
                     "running: RELOADED reloaded"}));
    EXPECT_EQ(running(notify_reload()).play({says_reloading(later), TimerElapsed{}}).back(),
              "running: RELOADED not-reloaded");
}

// Whoever asks waits for a number above the last that had begun: never for one that nobody gives.
TEST(Reload, EachHasOneNumber) {
    Course course = running(policy_of(ServiceType::notify));
    course.play({says_reloading(later), NotifiedReady{}});
    EXPECT_EQ(course.numbers(), (std::vector<std::uint64_t>{1})) << "by itself";
    course.play({ReloadRequested{}, ReloadFinished{true}});
    EXPECT_EQ(course.numbers(), (std::vector<std::uint64_t>{1, 2}));
    course.play({ReloadRequested{}, ReloadRequested{}, main_exits(1), ReloadRequested{}});
    EXPECT_EQ(course.numbers(), (std::vector<std::uint64_t>{1, 2, 3, 4}))
        << "the one that broke, and the one that waited for it";
    EXPECT_EQ(course.machine.reloads, 4U);
}

TEST(Reload, NumbersGoOnAfterAnAdoption) {
    Course course{policy_of(ServiceType::exec)};
    course.play({Adopted{ServiceState::running, true, true, 0, 7}, ReloadRequested{},
                 ReloadFinished{true}});
    EXPECT_EQ(course.numbers(), (std::vector<std::uint64_t>{8}));
}

/// A daemon whose hook only sends a signal, as haproxy's.
Course signalled_by_hook() {
    Policy policy = with_hook(ServiceType::notify);
    policy.hears_service = true;
    return running(policy);
}

// "reloaded" is said when the new configuration is in force, which the service says.
TEST(AnswerAfterTheHook, IsAwaited) {
    Course course = signalled_by_hook();
    for (int round = 0; round < 2; ++round) {
        const Lines lines =
            course.play({ReloadRequested{}, hook_leaves(), says_reloading(later), NotifiedReady{}});
        EXPECT_EQ(lines, (Lines{"reload: RELOADING exec-reload-0",
                                "reload-signal:", "reload-notify:", "running: RELOADED reloaded"}));
    }
    EXPECT_EQ(course.numbers(), (std::vector<std::uint64_t>{1, 2}));
}

TEST(AnswerAfterTheHook, MayLackATime) {
    Course course = signalled_by_hook();
    EXPECT_EQ(course.play({ReloadRequested{}, hook_leaves(), says_reloading({}), NotifiedReady{}}),
              (Lines{"reload: RELOADING exec-reload-0",
                     "reload-signal:", "reload-notify:", "running: RELOADED reloaded"}));
}

TEST(AnswerAfterTheHook, SilentServiceCostsASecondOnce) {
    Course course = signalled_by_hook();
    course.play({ReloadRequested{}, hook_leaves()});
    EXPECT_EQ(course.machine.deadline, after(course.now, seconds(1)));
    EXPECT_EQ(course.play({TimerElapsed{}}), (Lines{"running: RELOADED reloaded"}));
    EXPECT_EQ(course.play({ReloadRequested{}, hook_leaves()}).back(), "running: RELOADED reloaded")
        << "it is known now";
}

TEST(AnswerAfterTheHook, HasTheTimeOfAReload) {
    Course course = signalled_by_hook();
    course.play({ReloadRequested{}, hook_leaves(), says_reloading(later)});
    EXPECT_EQ(course.machine.deadline, after(course.now, course.policy.timeout_start));
    EXPECT_EQ(course.play({TimerElapsed{}}), (Lines{"running: RELOADED not-reloaded"}));
}

TEST(AnswerAfterTheHook, OfAServiceThatHasAnsweredIsOwed) {
    Course course = signalled_by_hook();
    course.play({ReloadRequested{}, hook_leaves(), says_reloading(later), NotifiedReady{}});
    course.play({ReloadRequested{}, hook_leaves()});
    EXPECT_GT(course.machine.deadline, after(course.now, seconds(1)));
    EXPECT_EQ(course.play({TimerElapsed{}}), (Lines{"running: RELOADED not-reloaded"}));
    EXPECT_EQ(course.play({ReloadRequested{}, hook_leaves()}).back(), "running: RELOADED reloaded")
        << "it has changed its manners: nobody waits for it twice";
    course.play({says_reloading(later), NotifiedReady{}});
    EXPECT_EQ(course.play({ReloadRequested{}, hook_leaves()}).back(), "reload-signal:")
        << "it does speak of its reloads, perhaps it was late";
}

} // namespace
} // namespace amphid
