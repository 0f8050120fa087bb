// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "promises.h"
#include "trace.h"

#include <deque>
#include <random>
#include <vector>

// Random walks through a small world: processes that live, die and talk as they please, a timer,
// and a person. It answers the effects as the supervisor does.

namespace amphid {

/// A walk of one service from its start to its end.
class Walk {
    using What = decltype(Event::what);
    using enum ServiceState;

public:
    Walk(const Policy& policy, std::mt19937& random)
        : policy_(policy), random_(random), promises_(policy, world_) {}
    Walk(const Walk&) = delete;
    Walk& operator=(const Walk&) = delete;

    /// Walks until the end, asking for it after so many steps; gives the number of steps.
    unsigned run(unsigned most_steps) {
        chance(20) ? adopt() : send(StartRequested{});
        while (goes_on() && steps_ < most_steps) {
            happen();
        }
        stop_and_play_dead();
        return steps_;
    }

    /// The first promise that was broken, with the steps that led there.
    std::string broken() const {
        const std::string_view first =
            stuck_ ? "a requested stop does not end" : std::string_view(promises_.broken());
        return first.empty() ? std::string() : concat(first, '\n', trace_of(trace_));
    }

    /// The states that it came through, as bits.
    unsigned visited() const { return visited_; }

private:
    bool goes_on() const { return !promises_.finished() && promises_.broken().empty(); }
    bool chance(int percent) { return pick(100) < percent; }
    int pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }

    /// What a launcher that was killed left behind: something, or there is nothing to adopt.
    void adopt() {
        constexpr auto states = every<ServiceState>();
        Adopted left{states[static_cast<std::size_t>(pick(static_cast<int>(states.size())))]};
        if (left.state == exited && !policy_.remain_after_exit) {
            left.state = running;
        }
        left.main_alive = left.state != exited && chance(70);
        left.main_known = left.main_alive || chance(50);
        world_.main = left.main_alive;
        world_.others = left.main_alive ? pick(2) : 1;
        adopted_ = true;
        queue_.push_back(left);
        if (chance(20)) {
            queue_.push_back(StopRequested{});
        }
        empty_queue();
    }

    /// Asks for the stop of a service that answers to nothing but the timer.
    void stop_and_play_dead() {
        constexpr int most_timers = 10; // drain, stop, 2, stop-post, 2, a restart, on-failure, 1
        deaf_ = true;
        immortal_ = chance(50);
        if (goes_on() && world_.control_killed) {
            exit_control();
        }
        if (goes_on()) {
            send(StopRequested{});
        }
        for (int timers = 0; goes_on() && !patience().is_infinite(); ++timers) {
            if (!world_.armed || timers > most_timers) {
                stuck_ = true;
                return;
            }
            elapse();
        }
    }

    /// How long a stop waits in this state; a file may want it to wait for ever.
    TimeSpan patience() const {
        return machine_.state == stop_watchdog ? policy_.timeout_abort : policy_.timeout_stop;
    }

    /// One thing that can happen in the world as it is now.
    void happen() {
        world_.now.usec += pick(3) * 50'000;
        switch (pick(16)) {
        case 0:
            return chance(5) ? send(StopRequested{chance(50)}) : send(ReloadRequested{});
        case 1:
            return chance(10) ? send(StartRequested{}) : send(ReloadRequested{});
        case 2:
        case 3:
            return talk();
        case 4:
            return send(NotifiedExtend{milliseconds(pick(5000) + 1)});
        case 5:
        case 6:
            return elapse();
        case 7:
            return send_two();
        case 8:
            return fork_or_bury();
        case 9:
            return machine_.asks ? send(ConditionsMet{}) : find_pid_file();
        case 10:
        case 11:
        case 12:
            return exit_control();
        case 13:
            return exit_both();
        default:
            return exit_main();
        }
    }

    /// What only a living service can say.
    void talk() {
        if (world_.empty()) {
            return;
        }
        if (chance(10)) {
            return chance(80) ? send(NotifiedStopping{}) : send(NameLost{});
        }
        if (chance(5)) {
            return chance(50) ? send(WatchdogFailed{}) : send(NotifiedRestartReset{});
        }
        if (chance(10)) {
            return name_main();
        }
        if (chance(40)) {
            const bool stale = chance(20);
            const bool timeless = chance(20);
            return send(NotifiedReloading{timeless ? Moment{} : stale ? Moment{1} : world_.now});
        }
        send(NotifiedReady{});
    }

    /// Two at once: the answers to the first come behind the second.
    void send_two() {
        const auto one = [this]() -> What {
            switch (pick(4)) {
            case 0:
                return ReloadRequested{};
            case 1:
                return NotifiedReloading{world_.now};
            case 2:
                return chance(10) ? What(StopRequested{}) : What(NotifiedReady{});
            default:
                return NotifiedReady{};
            }
        };
        queue_.push_back(one());
        queue_.push_back(one());
        empty_queue();
    }

    void fork_or_bury() {
        const bool somebody = !world_.empty();
        if (world_.overdue > 0 && chance(50)) {
            --world_.overdue;
        } else if (world_.others > 0 && chance(60)) {
            --world_.others;
        } else if (somebody && world_.others < 3 && chance(30)) {
            ++world_.others;
        }
        look_for_end_of_tree();
        empty_queue();
    }

    /// MAINPID= or a new PID in the pid file, as the supervisor lets it through.
    void name_main() {
        const ServiceState state = machine_.state;
        const bool in_time = state == start || state == start_post || state == running ||
                             is_reloading(state) || state == stop || state == stop_sigterm;
        if (in_time && world_.others > 0) {
            world_.others += world_.main ? 1 : 0; // the one that it was
            look_for_main();
            empty_queue();
        }
    }

    void find_pid_file() {
        if (world_.awaits_pid_file && world_.others > 0 && is_starting(machine_.state)) {
            look_for_main();
            empty_queue();
        }
    }

    void look_for_main() {
        world_.awaits_pid_file = false;
        --world_.others;
        world_.main = true;
        queue_.push_back(MainFound{});
    }

    MainExit some_exit() {
        const MainExit ends[] = {{ExitKind::exited, 0, ExecStage::none},
                                 {ExitKind::exited, 0, ExecStage::none},
                                 {ExitKind::exited, 7, ExecStage::none},
                                 {ExitKind::exited, 255, ExecStage::none},
                                 {ExitKind::killed, SIGTERM, ExecStage::none},
                                 {ExitKind::killed, SIGKILL, ExecStage::none},
                                 {ExitKind::dumped, SIGSEGV, ExecStage::none},
                                 {ExitKind::unknown, 0, ExecStage::none}};
        return ends[pick(adopted_ ? 8 : 7)];
    }

    void exit_main() {
        if (world_.main) {
            world_.main = false;
            send(MainExited{some_exit(), world_.empty()});
            look_for_end_of_tree();
            empty_queue();
        }
    }

    void exit_control() {
        if (!world_.control) {
            return;
        }
        const bool forks = policy_.type == ServiceType::forking && machine_.state == start;
        world_.others += forks ? pick(3) : chance(10) ? 1 : 0;
        world_.control = false;
        const MainExit well{ExitKind::exited, 0, ExecStage::none};
        send(ControlExited{chance(70) ? well : child_exit(), world_.empty()});
        look_for_end_of_tree();
        empty_queue();
    }

    MainExit child_exit() {
        MainExit exit = some_exit();
        return exit.kind == ExitKind::unknown ? MainExit{ExitKind::exited, 1} : exit;
    }

    /// In one round of waitpid(2).
    void exit_both() {
        if (!world_.main || !world_.control || chance(50)) {
            return;
        }
        world_.main = false;
        const unsigned hook = hooks_;
        world_.control = false;
        const bool alone = world_.empty();
        world_.control = true; // for the machine, until it is told
        send(MainExited{some_exit(), alone});
        if (goes_on() && hook == hooks_ && world_.control) {
            exit_control();
        }
    }

    void look_for_end_of_tree() {
        if (machine_.tree_alive && !machine_.main_alive && !machine_.control_alive &&
            world_.empty()) {
            queue_.push_back(TreeEmpty{});
        }
    }

    void elapse() {
        if (!world_.armed) {
            return;
        }
        if (!deaf_ && chance(10) && world_.timer > world_.now) {
            return send(TimerElapsed{}); // read before it was set again
        }
        world_.armed = false;
        world_.now = std::max(world_.now, world_.timer);
        send(TimerElapsed{});
    }

    void send(What what) {
        queue_.push_back(std::move(what));
        empty_queue();
    }

    void empty_queue() {
        while (!queue_.empty() && goes_on()) {
            const What what = std::move(queue_.front());
            queue_.pop_front();
            one_step(what);
        }
    }

    void one_step(const What& what) {
        ++steps_;
        promises_.hear(machine_, what);
        auto [next, effects] = step(machine_, policy_, Event{world_.now, what});
        trace_.push_back({machine_.state, what.index(), effects, next.state, next.result});
        machine_ = next;
        visited_ |= 1U << static_cast<unsigned>(next.state);
        promises_.enter(next);
        for (const Effect& effect : effects) {
            std::visit([&](const auto& e) { promises_.on(e), answer(e); }, effect);
        }
        if (world_.control && world_.control_killed && !machine_.control_alive) {
            world_.control = false; // not even SIGKILL ended it
            ++world_.overdue;
        }
        promises_.check(machine_, queue_.empty());
    }

    // What the supervisor makes of the effects.

    template <class Other>
    void answer(const Other&) {}

    void answer(const BeginActivation&) {
        world_.others = world_.overdue = 0; // strangers from now on
        world_.control = world_.awaits_pid_file = adopted_ = false;
    }
    void answer(const SpawnMain&) {
        if (chance(5)) {
            const ExecStage stage = chance(50) ? ExecStage::exec : ExecStage::none;
            queue_.push_back(ExecFailed{stage, ENOENT, world_.empty()});
            return;
        }
        world_.main = true;
        if (chance(3)) {
            queue_.push_back(OutOfResources{});
        }
        queue_.push_back(MainStarted{});
    }
    void answer(const SpawnControl&) {
        world_.overdue += world_.control ? 1 : 0;
        world_.control = true;
        world_.control_killed = false;
        ++hooks_;
        if (chance(5)) {
            world_.control = false;
            const MainExit exit{ExitKind::exec_failed, ENOENT, ExecStage::exec};
            queue_.push_back(ControlExited{exit, world_.empty()});
        }
    }
    void answer(const FindMain& find) {
        if (!policy_.has_pid_file) {
            const bool one = world_.others == 1;
            one ? look_for_main() : queue_.push_back(MainUnknown{});
            return;
        }
        const bool there = world_.others > 0 && chance(50);
        if (there) {
            look_for_main();
        } else if (!find.wait) {
            queue_.push_back(MainUnknown{});
        } else if (world_.empty()) {
            queue_.push_back(TreeEmpty{});
        } else {
            world_.awaits_pid_file = true;
        }
    }
    void answer(const SignalTree& order) {
        if (order.whom == Whom::everybody && order.which == Which::final_kill && !immortal_) {
            world_.others = world_.overdue = 0;
        }
        look_for_end_of_tree();
    }
    void answer(const KillControl&) { world_.control_killed = true; }
    void answer(const Reload&) { queue_.push_back(ReloadFinished{world_.main && chance(90)}); }
    void answer(const ArmTimer& timer) {
        world_.armed = !timer.at.is_infinite();
        world_.timer = timer.at;
    }
    void answer(const DisarmTimer&) { world_.armed = false; }
    void answer(const AnnounceReady&) {
        if (!deaf_ && chance(3)) {
            queue_.push_back(OutOfResources{});
        }
    }

    const Policy& policy_;
    std::mt19937& random_;
    World world_;
    Promises promises_;
    Machine machine_;
    std::deque<What> queue_;
    std::vector<Taken> trace_;
    unsigned visited_ = 0;
    unsigned steps_ = 0;
    unsigned hooks_ = 0;
    bool adopted_ = false;
    bool deaf_ = false;
    bool immortal_ = false;
    bool stuck_ = false;
};

} // namespace amphid
