// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/text.h"
#include "machine/machine.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>

// Random walks through a small world: processes that live, die and talk as they please, a timer,
// and a person. After each step the promises of machine.h must hold.

namespace amphid {

inline constexpr std::string_view event_names[] = {
    "StartRequested", "StopRequested",  "ReloadRequested", "MainStarted",      "ExecFailed",
    "MainExited",     "TreeEmpty",      "NotifiedReady",   "NotifiedStopping", "NotifiedExtend",
    "ReloadFinished", "OutOfResources", "TimerElapsed"};
static_assert(std::size(event_names) == std::variant_size_v<decltype(Event::what)>);

inline constexpr std::string_view effect_names[] = {
    "SpawnMain",        "TerminateTree", "KillTree",      "Reload",           "ReportReload",
    "ArmTimer",         "DisarmTimer",   "AnnounceReady", "AnnounceStopping", "AnnounceReloading",
    "AnnounceReloaded", "AskForTime",    "Finish"};
static_assert(std::size(effect_names) == std::variant_size_v<Effect>);

/// A step as it was, for the message of a failure.
struct Taken {
    ServiceState from;
    std::size_t event;
    std::vector<Effect> effects;
    ServiceState to;
    ServiceResult result;
};

/// A walk of one service from its start to its end.
class Walk {
    using What = decltype(Event::what);
    using enum ServiceState;

public:
    Walk(const Policy& policy, std::mt19937& random) : policy_(policy), random_(random) {}

    /// Walks until the end, but no further than this; gives the number of steps.
    unsigned run(unsigned most_steps) {
        send(StartRequested{});
        while (!finished_ && steps_ < most_steps && !testing::Test::HasFailure()) {
            happen();
        }
        if (!finished_ && !testing::Test::HasFailure()) {
            stop_and_play_dead();
        }
        return steps_;
    }

    /// Asks for the stop of a service that answers to nothing but the timer.
    void stop_and_play_dead() {
        deaf_ = true;
        const bool finite = !policy_.timeout_stop.is_infinite();
        send(StopRequested{});
        for (int timers = 0; !finished_ && finite; ++timers) {
            ASSERT_TRUE(armed_) << trace();
            ASSERT_LT(timers, 3) << "a requested stop does not end\n" << trace();
            elapse();
        }
    }

    /// The states that it came through, as bits.
    unsigned visited() const { return visited_; }

private:
    bool chance(int percent) { return pick(100) < percent; }
    int pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

    /// One thing that can happen in the world as it is now.
    void happen() {
        now_.usec += pick(3) * 50'000;
        switch (pick(12)) {
        case 0:
            return chance(5) ? send(StopRequested{}) : send(ReloadRequested{});
        case 1:
        case 2:
            return main_ ? send(NotifiedReady{}) : empty_tree();
        case 3:
            return main_ && chance(20) ? send(NotifiedStopping{}) : empty_tree();
        case 4:
            return send(NotifiedExtend{milliseconds(pick(5000) + 1)});
        case 5:
        case 6:
        case 7:
            return elapse();
        case 8:
            others_ = main_ && others_ == 0 && chance(30) ? 1 : others_;
            return;
        case 9:
            // Several at once: the answers to the first come behind the last.
            queue_.push_back(chance(50) ? What(NotifiedReady{}) : What(ReloadRequested{}));
            queue_.push_back(chance(10) ? What(StopRequested{}) : What(ReloadRequested{}));
            return drain();
        default:
            return exit_main();
        }
    }

    void exit_main() {
        if (!main_) {
            return;
        }
        main_ = false;
        const MainExit ends[] = {{ExitKind::exited, 0, ExecStage::none},
                                 {ExitKind::exited, 7, ExecStage::none},
                                 {ExitKind::killed, SIGTERM, ExecStage::none},
                                 {ExitKind::killed, SIGKILL, ExecStage::none},
                                 {ExitKind::dumped, SIGSEGV, ExecStage::none}};
        send(MainExited{ends[pick(5)], others_ == 0});
    }

    void empty_tree() {
        const bool stopping = machine_.state == stop_sigterm || machine_.state == stop_sigkill;
        if (!main_ && others_ > 0 && stopping) {
            others_ = 0;
            send(TreeEmpty{});
        }
    }

    void elapse() {
        if (armed_) {
            armed_ = false;
            now_ = std::max(now_, timer_);
            send(TimerElapsed{});
        }
    }

    void send(What what) {
        queue_.push_back(std::move(what));
        drain();
    }

    void drain() {
        while (!queue_.empty() && !finished_) {
            const What what = std::move(queue_.front());
            queue_.pop_front();
            one_step(what);
            if (testing::Test::HasFailure()) {
                return;
            }
        }
    }

    void one_step(const What& what) {
        ++steps_;
        const Machine before = machine_;
        note_event(what);
        auto [next, effects] = step(machine_, policy_, Event{now_, what});
        machine_ = next;
        visited_ |= 1U << static_cast<unsigned>(next.state);
        trace_.push_back({before.state, what.index(), effects, next.state, next.result});
        for (const Effect& effect : effects) {
            ASSERT_FALSE(finished_) << "Finish is not the last\n" << trace();
            std::visit([&](const auto& e) { on(e); }, effect);
        }
        check(before, what);
    }

    // What the world makes of the effects.

    void on(const SpawnMain&) {
        EXPECT_FALSE(main_) << "a second main process\n" << trace();
        EXPECT_EQ(others_, 0) << "a start beside processes of the last one\n" << trace();
        EXPECT_FALSE(stop_requested_) << "a start after a requested stop\n" << trace();
        readies_ = 0;
        terminated_ = false;
        stopping_notified_ = false;
        cause_ = ServiceResult::success;
        if (chance(5)) {
            queue_.push_back(ExecFailed{chance(50) ? ExecStage::exec : ExecStage::none, ENOENT});
            return;
        }
        main_ = true;
        queue_.push_back(MainStarted{});
        if (chance(3)) {
            queue_.push_back(OutOfResources{});
        }
    }
    void on(const TerminateTree&) {
        expect_a_process();
        EXPECT_FALSE(terminated_) << "kill-signal twice\n" << trace();
        terminated_ = true;
    }
    void on(const KillTree&) { expect_a_process(); }
    void on(const Reload&) {
        EXPECT_TRUE(main_) << "a reload of nobody\n" << trace();
        reload_owed_ = reload_owed_ || reload_owed_again_;
        reload_owed_again_ = false;
        queue_.push_back(ReloadFinished{chance(80)});
    }
    void on(const ReportReload&) {
        EXPECT_TRUE(reload_owed_) << "an answer without a request\n" << trace();
        reload_owed_ = false;
    }
    void on(const ArmTimer& e) {
        armed_ = !e.at.is_infinite();
        timer_ = e.at;
        EXPECT_GE(timer_, now_) << trace();
    }
    void on(const DisarmTimer&) { armed_ = false; }
    void on(const AnnounceReady&) {
        EXPECT_EQ(++readies_, 1) << "ready twice in one activation\n" << trace();
        EXPECT_TRUE(main_) << "ready without a process\n" << trace();
        if (!deaf_ && chance(3)) {
            queue_.push_back(OutOfResources{});
        }
    }
    void on(const AnnounceStopping&) {
        EXPECT_TRUE(stop_requested_ || stopping_notified_) << "STOPPING=1 that nobody asked for\n"
                                                           << trace();
    }
    void on(const AnnounceReloading&) {
        EXPECT_FALSE(reloading_announced_) << trace();
        reloading_announced_ = true;
    }
    void on(const AnnounceReloaded&) {
        EXPECT_TRUE(reloading_announced_) << trace();
        reloading_announced_ = false;
    }
    void on(const AskForTime&) {}
    void on(const Finish&) { finished_ = true; }

    void expect_a_process() const {
        EXPECT_TRUE(main_ || others_ > 0) << "a signal for nobody\n" << trace();
    }

    /// What the walk itself knows of the first failure, from the events alone.
    void note_event(const What& what) {
        const ServiceState state = machine_.state;
        stop_requested_ = stop_requested_ || std::holds_alternative<StopRequested>(what);
        stopping_notified_ = stopping_notified_ || std::holds_alternative<NotifiedStopping>(what);
        if (std::holds_alternative<ReloadRequested>(what)) {
            // One during a reload is served by one more, however many they are.
            (state == reload ? reload_owed_again_ : reload_owed_) = true;
        }
        ServiceResult cause = ServiceResult::success;
        if (const auto* exited = std::get_if<MainExited>(&what)) {
            cause = result_of(exited->exit, policy_);
            if (state == start && cause == ServiceResult::success) {
                cause = ServiceResult::protocol;
            }
        } else if (const auto* failure = std::get_if<ExecFailed>(&what)) {
            cause = failure->stage == ExecStage::none ? ServiceResult::resources
                                                      : ServiceResult::exit_code;
        } else if (std::holds_alternative<TimerElapsed>(what) && state != auto_restart) {
            cause = ServiceResult::timeout;
        } else if (std::holds_alternative<OutOfResources>(what) &&
                   (state == start || state == running)) {
            cause = ServiceResult::resources;
        }
        if (cause_ == ServiceResult::success) {
            cause_ = cause;
        }
    }

    void check(const Machine& before, const What& what) {
        const ServiceState state = machine_.state;
        check_timer();
        const bool gave_up_waiting =
            before.state == auto_restart && std::holds_alternative<StopRequested>(what);
        if (machine_.result != ServiceResult::start_limit_hit && !gave_up_waiting) {
            EXPECT_EQ(name_of(machine_.result), name_of(cause_)) << trace();
        }
        EXPECT_EQ(finished_, !is_active(state)) << trace();
        EXPECT_EQ(state == dead, finished_ && machine_.result == ServiceResult::success) << trace();
        EXPECT_EQ(machine_.main_alive, main_ || is_failing_to_start()) << trace();
        if (state == running || state == reload) {
            EXPECT_EQ(readies_, 1) << "running unannounced\n" << trace();
        }
        if (state != reload) {
            EXPECT_FALSE(reload_owed_) << "a request for reload without answer\n" << trace();
            EXPECT_FALSE(reload_owed_again_ && state == running) << "a lost reload\n" << trace();
            reload_owed_again_ = false; // the failure of the running one is the answer
        }
        if (state == dead || state == auto_restart) {
            EXPECT_FALSE(main_ || others_ > 0) << "processes left behind\n" << trace();
        }
        reloading_announced_ = reloading_announced_ && state == reload;
    }

    bool is_failing_to_start() const {
        return machine_.state == start && !queue_.empty() &&
               std::holds_alternative<ExecFailed>(queue_.back());
    }

    void check_timer() const {
        EXPECT_EQ(armed_, !machine_.deadline.is_infinite()) << trace();
        const auto expect_timer = [&](TimeSpan span) {
            EXPECT_TRUE(armed_ || span.is_infinite()) << "waits for ever\n" << trace();
        };
        switch (machine_.state) {
        case start:
            return expect_timer(policy_.timeout_start);
        case stop_sigterm:
        case stop_sigkill:
            return expect_timer(policy_.timeout_stop);
        case auto_restart:
            return expect_timer(policy_.restart_delay);
        default:
            EXPECT_FALSE(armed_) << "a timer that nobody waits for\n" << trace();
        }
    }

    std::string trace() const {
        std::string out;
        const std::size_t begin = trace_.size() > 25 ? trace_.size() - 25 : 0;
        for (std::size_t i = begin; i < trace_.size(); ++i) {
            const Taken& taken = trace_[i];
            out += concat("  ", name_of(taken.from), ": ", event_names[taken.event], " ->");
            for (const Effect& effect : taken.effects) {
                out += concat(' ', effect_names[effect.index()]);
            }
            out += concat(" [", name_of(taken.to), ", ", name_of(taken.result), "]\n");
        }
        return out;
    }

    const Policy& policy_;
    std::mt19937& random_;
    Machine machine_;
    std::deque<What> queue_;
    Moment now_ = seconds(1000);
    std::vector<Taken> trace_;
    unsigned visited_ = 0;
    unsigned steps_ = 0;
    // The world.
    bool main_ = false;
    int others_ = 0;
    bool armed_ = false;
    Moment timer_;
    bool deaf_ = false;
    // What has been promised so far.
    bool finished_ = false;
    bool stop_requested_ = false;
    bool stopping_notified_ = false;
    bool reloading_announced_ = false;
    int readies_ = 0;
    bool reload_owed_ = false;
    bool reload_owed_again_ = false;
    bool terminated_ = false;
    ServiceResult cause_ = ServiceResult::success;
};

} // namespace amphid
