// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/machine.h"
#include "os/tree.h"
#include "plan/plan.h"
#include "supervisor/activation_facts.h"
#include "supervisor/events.h"
#include "supervisor/executor.h"
#include "supervisor/log.h"
#include "supervisor/loop.h"
#include "supervisor/notify_server.h"
#include "supervisor/probes/probe.h"

#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <vector>

namespace amphid {

/// The processes of the service: which is the main process, which the control process, who else is
/// in the tree, who has ended. Reports MainExited, ControlExited and TreeEmpty, and what the search
/// for a main process finds.
class Processes final : public Subject, public Senders {
public:
    enum class Role : std::uint8_t { main, control };
    /// What the owner asks of its own owner.
    struct Hooks {
        /// A child without a role has ended, with its wait status.
        std::function<void(int pid, int status)> other_ended;
        /// The main process has ended or reloaded: true where another one is known now.
        std::function<bool()> main_has_moved;
        /// The main process was stopped (in a terminal).
        std::function<void()> main_was_stopped;
        /// What was sent before an end is heard before it.
        std::function<void()> hear_messages;
    };

    /// All references outlive it. `orphan`: what a killed launcher left, or null.
    Processes(Loop& loop, const Plan& plan, const Machine& machine, ActivationFacts& activation,
              EventQueue& events, Executor& executor, const State* orphan, Log& log, Hooks hooks);

    // Senders.
    int main_pid() const override { return main_.pid; }
    int control_pid() const override { return control_.pid; }
    bool contains(int pid) const override { return tree_.contains(pid); }

    // Subject.
    std::vector<int> members() const override { return tree_.members(); }
    uid_t uid() const override;
    std::vector<std::uint64_t> cgroups() const override;
    Spawned run(const Command& command) override;

    /// Writes the processes into the state.
    void describe(State& state) const;
    /// The members, and those of an earlier activation that are still there.
    std::vector<int> everybody() const { return tree_.everybody(); }
    /// Our own children: whom a double fork leaves to us.
    std::vector<int> children() const { return tree_.children(); }
    bool nobody_left();

    /// A cgroup of the service's own from now on, where one can be had.
    void use_new_cgroup();
    /// A new activation: whoever is still there belongs to the past.
    void begin_activation();
    /// Goes on with what a killed launcher left; true where its main process is alive.
    bool adopt(const State& left);
    /// All processes are gone, or are to be left.
    void end() { tree_.cgroup().remove(); }

    /// The lineage of the main process that is about to be started as `main`.
    Lineage lineage_to_be(const ProcessId& main) const;
    /// A process was started in this role; the lineage is a main process's.
    void started(Role role, ProcessId id, Lineage lineage);
    void start_failed(Role role) { (role == Role::main ? main_ : control_) = {}; }

    /// Buries the children that have ended, a share of them, and reports those with a role.
    void reap();
    /// Reports TreeEmpty where nobody is left, at once or when that comes.
    void look_for_end_of_tree();

    /// As ordered; a process that `spare` names is passed over where the signal is not final.
    void signal(const SignalTree& order, const std::function<bool(int pid)>& spare);
    void signal_main(int signal) const;
    void kill_control() const;
    /// We cannot go on: SIGKILL for everybody, and not back before they are gone.
    void kill_everybody();

    /// MAINPID=: refused, and logged, where it is no living process of this service. True where
    /// there is another main process now.
    bool set_main_by_message(int pid, std::optional<std::uint64_t> pidfdid);
    /// The main process is that one. Throws OsError.
    void set_main(int pid);

private:
    void main_ended(const MainExit& exit);
    void note_stop(int pid) const;
    void look_at_main_end();
    void watch_rest_of_tree();
    void forget_ended();
    void signal_children(int signal) const;
    bool is_child(int pid) const;
    Standing standing() const;
    void renew_lineage();
    std::vector<int> signals_for(Which which) const;

    /// A process that is no child of ours: its end is no SIGCHLD.
    struct Foreign {
        Fd process;
        EventSource source;
        Foreign(Loop& loop, Fd fd, std::function<void()> on_end)
            : process(std::move(fd)), source(loop, Turn::processes, std::move(on_end)) {
            source.on(process.get());
        }
    };

    Loop& loop_;
    const Plan& plan_;
    const Machine& machine_;
    ActivationFacts& activation_;
    EventQueue& events_;
    Executor& executor_;
    Log& log_;
    Hooks hooks_;
    std::string boot_id_;
    Tree tree_;
    ProcessId main_;
    ProcessId control_;
    Lineage lineage_; // the main process's, which outlives it
    std::optional<Foreign> foreign_main_;
    std::list<Foreign> foreign_members_; // that a launcher before us left
    EventSource cgroup_source_;
    Timer lineage_timer_;
};

} // namespace amphid
