// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "world.h"

#include "base/text.h"

#include <array>
#include <cstdint>
#include <string>

// What machine.h promises, watched from outside: from the events, the effects and the processes.

namespace amphid {

/// Watches one walk. The first promise that is broken is kept.
class Promises {
    using What = decltype(Event::what);
    using enum ServiceState;

public:
    Promises(const Policy& policy, const World& world) : policy_(policy), world_(world) {}

    const std::string& broken() const { return broken_; }
    bool finished() const { return finished_; }

    /// Before the step that this event makes.
    void hear(const Machine& machine, const What& what) {
        require(!finished_, "nothing happens after the end");
        before_ = machine;
        const bool elapsed = std::holds_alternative<TimerElapsed>(what);
        timer_counts_ = elapsed && world_.now >= machine.deadline;
        std::visit([this](const auto& e) { heard(e); }, what);
        if (cause_ == ServiceResult::success) {
            cause_ = std::visit(cause(), what);
        }
    }

    // Before the world answers an effect.

    void on(const BeginActivation&) {
        require(!stop_requested_, "a requested stop beats every start");
        close_activation();
        activation_ = {};
        activation_.begun = true;
        main_index_ = 0; // the service may name a main process before one was started
        begun_ = true;
        cause_ = ServiceResult::success;
        asked_until_ = {};
    }
    void on(const SpawnMain& spawn) {
        require_nobody_known();
        require(policy_.type != ServiceType::forking, "type forking has a start command");
        require_order(CommandList::exec_start, spawn.index);
        main_index_ = spawn.index;
    }
    void on(const SpawnControl& spawn) {
        const bool immortal = world_.control_killed && timer_counts_;
        const bool overdue = may_give_up() || given_up_ || immortal;
        require(!world_.control || overdue, "a hook beside another");
        require_order(spawn.list, spawn.index);
        hook_ = spawn;
    }
    void on(const FindMain&) {
        require(policy_.type == ServiceType::forking, "only type forking searches");
    }
    void on(const AskConditions&) {
        require(policy_.has_conditions, "conditions that nobody set");
        require(activation_.ready_word, "asked before its type says so");
    }
    void on(const SignalTree& order) {
        const KillMode mode = policy_.kill_mode;
        const bool leftovers = now_ == start; // of start-pre
        const bool kills = order.which == Which::final_kill;
        require(mode != KillMode::none || leftovers, "kill-mode none is signalled");
        const bool all = mode == KillMode::control_group || (mode == KillMode::mixed && kills);
        require(leftovers || all == (order.whom == Whom::everybody), "a signal for the wrong ones");
        if (leftovers) {
            return;
        }
        int& sent = kills ? activation_.final_kills : activation_.kill_signals;
        const bool second = now_ == final_sigterm || now_ == final_sigkill;
        require(++sent <= (second ? 2 : 1) + (kills ? 0 : activation_.mains), "a signal twice");
        require(policy_.send_sigkill || !kills, "send-sigkill is off");
        const bool restart = order.which == Which::restart_kill;
        require(!restart || restart_requested_, "restart-kill-signal without a restart");
    }
    void on(const KillControl&) { require(world_.control, "a hook is killed that does not run"); }
    void on(const Reload&) { require(world_.main, "a reload of nobody"); }
    void on(const ReportReload& report) {
        require(report.number == ++reloads_ended_, "reloads end in their order, each once");
    }
    void on(const ArmTimer& timer) {
        require(timer.at >= world_.now, "a timer in the past");
        if (!timer.at.is_infinite() && (is_starting(now_) || is_stopping(now_))) {
            needed_until_ = timer.at;
        }
    }
    void on(const DisarmTimer&) {}
    void on(const AnnounceReady&) {
        was_ready_ = true;
        require(++activation_.readies == 1, "ready twice in one activation");
        require(activation_.ready_word, "ready before its type says so");
        require(!policy_.has_conditions || activation_.conditions_met,
                "ready before [ready] holds");
        require(activation_.adopted || all_ran(CommandList::exec_start_post), "ready too early");
        const bool may_be_gone = policy_.type == ServiceType::oneshot ||
                                 policy_.type == ServiceType::forking ||
                                 policy_.remain_after_exit || activation_.was_short;
        require(world_.main || may_be_gone, "ready without a process");
    }
    void on(const AnnounceStopping&) {
        require(stop_requested_ || activation_.stopping_word, "STOPPING=1 that nobody asked for");
        reloading_announced_ = false;
    }
    void on(const AnnounceReloading&) {
        require(!reloading_announced_, "RELOADING=1 twice");
        reloading_announced_ = true;
    }
    void on(const AnnounceReloaded&) {
        require(reloading_announced_, "READY=1 after no reload");
        reloading_announced_ = false;
    }
    void on(const AskForTime& ask) {
        asked_until_ = std::max(asked_until_, after(world_.now, ask.span));
    }
    void on(const AnnounceRestart&) { ++restarts_announced_; }
    void on(const Finish&) { finished_ = true; }

    /// The state that a step leads to, before its effects.
    void enter(const Machine& next) {
        now_ = next.state;
        given_up_ = next.gave_up;
        needed_until_ = {};
    }

    /// After a step; `settled`: no answer is under way any more.
    void check(const Machine& m, bool settled) {
        require(finished_ == !is_active(m.state), "Finish and the end are one");
        require(needed_until_ <= asked_until_, "a deadline that systemd was not asked for");
        require(!m.gave_up || may_give_up() || activation_.kill_timers > 0, "gave up too early");
        check_result(m);
        if (finished_) {
            check_end(m);
        } else if (settled) {
            check_roles(m);
            check_timer(m);
            check_reload(m);
        }
        if (m.state == auto_restart) {
            require(!stop_requested_, "a requested stop beats every restart");
            require(policy_.restart_is_ours, "a restart that is not ours");
            require(restarts_announced_ == m.restarts, "a restart that nobody was told of");
            require(policy_.retries_first_start || m.restarts > 1 || was_ready_,
                    "a second try of the first start");
            require(!world_.main, "a restart beside the main process");
        }
    }

private:
    struct Activation {
        bool begun = false;
        bool adopted = false;
        bool ready_word = false;
        bool conditions_met = false;
        bool stopping_word = false;
        bool stopped_waiting = false; // the stop came while a restart was pending
        bool hook_failed = false;
        bool was_short = false; // the main process ended well before start-post did
        int readies = 0;
        int mains = 0; // that were named after the first
        int kill_signals = 0;
        int final_kills = 0;
        int kill_timers = 0;
        CommandList last = CommandList::exec_condition;
        std::array<std::size_t, command_lists> spawned{};
    };

    void require(bool kept, std::string_view promise) {
        if (!kept && broken_.empty()) {
            broken_ = promise;
        }
    }

    bool may_give_up() const {
        return policy_.kill_mode == KillMode::none || !policy_.send_sigkill;
    }

    std::size_t& spawned(CommandList list) {
        return activation_.spawned[static_cast<std::size_t>(list)];
    }
    std::size_t size_of(CommandList list) const {
        const bool needed = list == CommandList::exec_start;
        return std::max<std::size_t>(policy_.commands(list).size(), needed ? 1 : 0);
    }
    bool all_ran(CommandList last) {
        bool all = !activation_.hook_failed;
        for (const CommandList list : every_command_list) {
            all = all && (list > last || spawned(list) == size_of(list));
        }
        return all;
    }

    void require_nobody_known() {
        require(!world_.main, "a second main process");
        require(!world_.control, "a main process beside a hook");
        require(!stop_requested_, "a start after a requested stop");
    }

    void require_order(CommandList list, std::size_t index) {
        const bool reload = list == CommandList::exec_reload;
        require(!finished_, "a process after the end");
        require(index < size_of(list), "a command that is not in the file");
        if (reload && index == 0) {
            spawned(list) = 0;
        }
        require(index == spawned(list)++, "the commands of a list in their order, each once");
        if (reload) {
            require(activation_.readies == 1, "exec-reload before readiness");
            return;
        }
        require(list >= activation_.last, "the lists in their order");
        activation_.last = list;
        const bool starts = list < CommandList::exec_reload;
        require(!starts || !is_stopping(before_.state) || index == 0, "a start while it stops");
        if (starts && index == 0 && list != CommandList::exec_condition) {
            const auto earlier = static_cast<CommandList>(static_cast<int>(list) - 1);
            require(all_ran(earlier), "everything before it has gone well");
        }
        const bool up = activation_.readies == 1;
        require(list != CommandList::exec_stop || up, "exec-stop for a service that never was up");
        require(list < CommandList::on_success || policy_.restart_is_ours, "the end is systemd's");
        require(index == 0 || !activation_.hook_failed, "no command after one that failed");
        if (!starts) {
            activation_.hook_failed = false; // of the lists before
        }
    }

    Cause cause() const { return {policy_, before_, main_index_, hook_, timer_counts_}; }

    template <class Other>
    void heard(const Other&) {}
    void heard(const StopRequested& stop) {
        restart_requested_ = stop_requested_ ? restart_requested_ : stop.restart;
        stop_requested_ = true;
        activation_.stopped_waiting = before_.state == auto_restart;
    }
    void heard(const Adopted& adopted) {
        restarts_announced_ = adopted.restarts;
        activation_.begun = activation_.adopted = activation_.ready_word = true;
        activation_.conditions_met = true;
    }
    void heard(const ReloadRequested&) {
        reload_awaited_ = before_.reloads + 1; // not one that has begun
    }
    void heard(const MainStarted&) {
        const ServiceType type = policy_.type;
        activation_.ready_word =
            activation_.ready_word || type == ServiceType::exec || type == ServiceType::simple;
    }
    void heard(const NotifiedReady&) {
        const bool counts = is_notify(policy_.type) && before_.state == start;
        activation_.ready_word = activation_.ready_word || counts;
    }
    void heard(const MainFound&) { ++activation_.mains; }
    void heard(const ConditionsMet&) { activation_.conditions_met = before_.asks; }
    void heard(const NotifiedStopping&) { activation_.stopping_word = true; }
    void heard(const TimerElapsed&) {
        const bool last = before_.state == stop_sigkill || before_.state == final_sigkill;
        activation_.kill_timers += timer_counts_ && last ? 1 : 0;
    }
    void heard(const MainExited& e) {
        activation_.was_short = before_.state == start_post;
        const bool oneshot = policy_.type == ServiceType::oneshot;
        if (oneshot && before_.state == start && cause()(e) == ServiceResult::success) {
            activation_.ready_word = main_index_ + 1 == size_of(CommandList::exec_start);
        }
    }
    void heard(const ControlExited& e) {
        const ServiceResult result = cause()(e);
        const bool forks = before_.state == start && policy_.type == ServiceType::forking;
        activation_.ready_word =
            activation_.ready_word || (forks && result == ServiceResult::success);
        activation_.hook_failed = activation_.hook_failed || result != ServiceResult::success;
    }

    void check_result(const Machine& m) {
        if (m.result == ServiceResult::start_limit_hit || activation_.stopped_waiting) {
            return;
        }
        const bool over = finished_ || m.end_hooks != EndHooks::none;
        if (m.sequel == Sequel::start && over && m.result == ServiceResult::resources) {
            cause_ = m.result; // no second copy beside survivors
        }
        if (m.result != cause_) {
            require(false, concat("the first failure is the result: '", name_of(cause_), "', not '",
                                  name_of(m.result), '\''));
        }
    }

    void check_end(const Machine& m) {
        const bool fine =
            m.result == ServiceResult::success || m.result == ServiceResult::exec_condition;
        require((m.state == dead) == fine, "dead is success, failed is failure");
        close_activation();
        const bool none = policy_.kill_mode == KillMode::none;
        const bool spares = policy_.kill_mode >= KillMode::process || m.end_hooks != EndHooks::none;
        const bool known = world_.main || world_.control;
        const bool gone = known ? none : spares || world_.empty();
        require(m.gave_up || gone, "processes left behind");
        require(reload_awaited_ <= reloads_ended_, "a request for a reload without an answer");
        const bool was_up = activation_.readies == 1;
        const bool refused = m.limit_count > policy_.start_limit_burst ||
                             (m.gave_up && m.state == failed); // no second copy beside survivors
        require(begun_ || was_up || stop_requested_ || refused, "the start is lost");
    }

    /// The end of an activation, whatever follows.
    void close_activation() {
        using enum CommandList;
        const bool ran = spawned(exec_stop_post) > 0 || policy_.commands(exec_stop_post).empty();
        require(!activation_.begun || ran, "exec-stop-post did not run");
        const auto told = spawned(on_success) + spawned(on_failure);
        require(told == 0 || finished_, "on-success or on-failure before the end");
    }

    void check_roles(const Machine& m) {
        require(m.main_alive == world_.main, "who the main process is");
        if (m.state != auto_restart) { // what was given up is nobody's any more
            require(m.control_alive == world_.control, "which hook runs");
            require(m.control_alive || m.tree_alive || world_.empty(), "a process is forgotten");
        }
        const bool up = m.state == running || m.state == exited || is_reloading(m.state);
        require(!up || activation_.readies == 1, "up, and nobody was told");
        require(m.state != exited || policy_.remain_after_exit, "exited without remain-after-exit");
        require(!is_stopping(m.state) || !stop_requested_ || m.stop_requested(), "a lost stop");
    }

    void check_timer(const Machine& m) {
        require(world_.armed == !m.deadline.is_infinite(), "the timer is the deadline");
        TimeSpan span = TimeSpan::infinity();
        if (is_starting(m.state) || is_reloading(m.state)) {
            span = policy_.timeout_start;
        } else if (m.state == stop_watchdog) {
            span = policy_.timeout_abort;
        } else if (m.state == drain) {
            span = policy_.drain;
        } else if (is_stopping(m.state)) {
            span = policy_.timeout_stop;
        } else if (m.state == auto_restart) {
            span = TimeSpan{};
        } else if (m.state == running) {
            span = policy_.runtime_max;
            require(!world_.armed || !span.is_infinite(), "a timer that nobody waits for");
        } else {
            require(!world_.armed, "a timer that nobody waits for");
        }
        const bool answered = m.state == reload && !world_.control;
        const bool dying = world_.control && world_.control_killed;
        require(world_.armed || span.is_infinite() || answered || dying, "it waits for ever");
    }

    void check_reload(const Machine& m) {
        if (is_reloading(m.state)) {
            require(reloading_announced_, "a reload that nobody was told of");
            return;
        }
        require(reload_awaited_ <= reloads_ended_, "a request for a reload without an answer");
        require(m.reloads == reloads_ended_, "a reload without an end");
        const bool up = m.state == running || m.state == exited;
        require(!up || !reloading_announced_, "RELOADING=1 without end");
        reloading_announced_ = reloading_announced_ && up;
    }

    const Policy& policy_;
    const World& world_;
    std::string broken_;
    Machine before_;
    ServiceState now_ = dead;
    bool given_up_ = false;
    bool timer_counts_ = false;
    bool finished_ = false;
    bool begun_ = false;
    bool was_ready_ = false; // some activation
    std::uint64_t restarts_announced_ = 0;
    bool stop_requested_ = false;
    bool restart_requested_ = false;
    std::uint64_t reload_awaited_ = 0;
    std::uint64_t reloads_ended_ = 0;
    bool reloading_announced_ = false;
    std::size_t main_index_ = 0;
    SpawnControl hook_;
    Moment asked_until_;
    Moment needed_until_;
    ServiceResult cause_ = ServiceResult::success;
    Activation activation_;
};

} // namespace amphid
