// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/text.h"
#include "machine/machine.h"

#include <cstdint>
#include <string>
#include <vector>

namespace amphid {

using What = decltype(Event::what);
using Lines = std::vector<std::string>;

inline MainExit exited(int code) {
    return {ExitKind::exited, code, ExecStage::none};
}
inline MainExit killed(int signal) {
    return {ExitKind::killed, signal, ExecStage::none};
}
/// Ends of processes that leave nobody behind.
inline What main_exits(int code = 0) {
    return MainExited{exited(code), true};
}
inline What main_is_killed(int signal) {
    return MainExited{killed(signal), true};
}
inline What hook_exits(int code = 0) {
    return ControlExited{exited(code), true};
}
/// The end of a hook beside others that live on.
inline What hook_leaves(int code = 0) {
    return ControlExited{exited(code), false};
}

inline Policy policy_of(ServiceType type) {
    Policy policy;
    policy.type = type;
    policy.ignored_failures[static_cast<std::size_t>(CommandList::exec_start)] = {false};
    return policy;
}

inline void give(Policy& policy, CommandList list, std::vector<bool> ignored = {false}) {
    policy.ignored_failures[static_cast<std::size_t>(list)] = std::move(ignored);
}

/// One hook of every kind but for those of the end.
inline Policy with_hooks(Policy policy) {
    for (const CommandList list : every_command_list) {
        if (policy.commands(list).empty() && list < CommandList::on_success) {
            give(policy, list);
        }
    }
    return policy;
}

/// What an effect does to others; empty for what only concerns time.
struct Words {
    std::string operator()(BeginActivation) const { return " begin"; }
    std::string operator()(SpawnMain e) const { return concat(" main-", e.index); }
    std::string operator()(SpawnControl e) const {
        return concat(' ', name_of(e.list), '-', e.index);
    }
    std::string operator()(FindMain e) const { return e.wait ? " find-and-wait" : " find"; }
    std::string operator()(SignalTree e) const {
        const std::string_view which = e.which == Which::kill           ? " kill-signal"
                                       : e.which == Which::restart_kill ? " restart-kill-signal"
                                                                        : " final-kill-signal";
        return concat(which, e.whom == Whom::everybody ? "(all)" : "(known)");
    }
    std::string operator()(KillControl) const { return " kill-hook"; }
    std::string operator()(Reload) const { return " reload-signal"; }
    std::string operator()(ReportReload e) const { return e.ok ? " reloaded" : " not-reloaded"; }
    std::string operator()(AnnounceReady) const { return " READY"; }
    std::string operator()(AnnounceStopping) const { return " STOPPING"; }
    std::string operator()(AnnounceReloading) const { return " RELOADING"; }
    std::string operator()(AnnounceReloaded) const { return " RELOADED"; }
    std::string operator()(AnnounceRestart) const { return " RESTART"; }
    std::string operator()(Finish) const { return " end"; }
    template <class Other>
    std::string operator()(const Other&) const {
        return {};
    }
};

/// A service and what happens to it, event by event.
struct Course {
    Policy policy;
    Machine machine{};
    Moment now = seconds(1000);
    std::vector<Effect> effects{};

    /// The state that each event leads to, and what is done; a timer elapses when it is due.
    Lines play(const std::vector<What>& events) {
        Lines out;
        for (const What& what : events) {
            if (std::holds_alternative<TimerElapsed>(what)) {
                now = machine.deadline;
            }
            auto [next, more] = step(machine, policy, Event{now, what});
            machine = next;
            std::string line = concat(name_of(next.state), ':');
            for (const Effect& effect : more) {
                line += std::visit(Words{}, effect);
            }
            out.push_back(std::move(line));
            effects.insert(effects.end(), more.begin(), more.end());
        }
        return out;
    }

    /// Of the reloads that have ended, in their order.
    std::vector<std::uint64_t> numbers() const {
        std::vector<std::uint64_t> out;
        for (const Effect& effect : effects) {
            if (const auto* report = std::get_if<ReportReload>(&effect)) {
                out.push_back(report->number);
            }
        }
        return out;
    }

    template <class T>
    long count() const {
        long n = 0;
        for (const Effect& effect : effects) {
            n += std::holds_alternative<T>(effect) ? 1 : 0;
        }
        return n;
    }
};

inline Lines play(const Policy& policy, const std::vector<What>& events) {
    return Course{policy}.play(events);
}

/// As it is when it has just become ready, for a type that needs one process.
inline Course running(const Policy& policy) {
    Course course{policy};
    course.machine.state = ServiceState::running;
    course.machine.main_alive = course.machine.tree_alive = true;
    course.machine.ready = true;
    course.machine.ready_at = course.now;
    return course;
}

} // namespace amphid
