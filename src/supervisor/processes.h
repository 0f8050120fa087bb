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

/// The processes of the service: main process, control process, the rest of the tree, and their
/// exits. Reports MainExited, ControlExited and TreeEmpty, and what the search for a main process
/// finds.
class Processes final : public Subject, public Senders {
public:
    enum class Role : std::uint8_t { main, control };
    /// Callbacks to the supervisor.
    struct Hooks {
        /// A child without a role has ended, with its wait status.
        std::function<void(int pid, int status)> other_ended;
        /// The main process has ended or reloaded: true if there is another one now.
        std::function<bool()> main_has_moved;
        /// The main process was stopped (in a terminal).
        std::function<void()> main_was_stopped;
        /// Reads messages that were sent before an exit.
        std::function<void()> hear_messages;
    };

    /// All references outlive it. `orphan`: what a killed launcher left, or null.
    Processes(Loop& loop, const Plan& plan, const Machine& machine, ActivationFacts& activation,
              EventQueue& events, Executor& executor, const State* orphan, std::string boot_id,
              Log& log, Hooks hooks);

    // Senders.
    int main_pid() const override { return main_.pid; }
    int control_pid() const override { return control_.pid; }
    bool contains(int pid) const override { return tree_.contains(pid); }

    // Subject.
    std::vector<int> members() const override { return tree_.members(); }
    uid_t uid() const override;
    std::vector<std::uint64_t> cgroups() const override;
    Spawned run(const Command& command) override;

    /// Fills the processes into the state.
    void describe(State& state) const;
    /// The members, and those left from an earlier activation.
    std::vector<int> everybody() const { return tree_.everybody(); }
    /// Our own children, such as daemons after a double fork.
    std::vector<int> children() const { return tree_.children(); }
    bool nobody_left();

    /// Uses a cgroup of the service's own from now on, if one can be created. `leftovers`: what
    /// happens to those of a killed launcher.
    void use_new_cgroup(Cgroup::Leftovers leftovers);
    /// A new activation: processes that are left belong to the past one.
    void begin_activation();
    /// Takes over what a killed launcher left; true if its main process is alive.
    bool adopt(const State& left);
    /// All processes have ended, or are left running on purpose.
    void end() { tree_.cgroup().remove(); }

    /// The lineage of the main process that is about to be started as `main`.
    Lineage lineage_to_be(const ProcessId& main) const;
    /// A process was started in this role; the lineage is a main process's.
    void started(Role role, ProcessId id, Lineage lineage);
    void start_failed(Role role) { (role == Role::main ? main_ : control_) = {}; }

    /// Reaps children that have ended, a share of them, and reports those with a role.
    void reap();
    /// Reports TreeEmpty when no process is left, at once or later.
    void look_for_end_of_tree();

    /// Sends the signal; skips processes for which `spare` is true, unless it is a final signal.
    void signal(const SignalTree& order, const std::function<bool(int pid)>& spare);
    void signal_main(int signal) const;
    void kill_control() const;
    /// We cannot go on: sends SIGKILL to all and returns when they are gone.
    void kill_all_and_wait();

    /// MAINPID=: refused, and logged, if it is not a living process of this service. True if the
    /// main process has changed.
    bool set_main_by_message(int pid, std::optional<std::uint64_t> pidfdid);
    /// Makes that process the main process. Throws OsError.
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

    /// A process that is not our child: its exit causes no SIGCHLD.
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
    Lineage lineage_; // of the main process; still needed after its exit
    std::optional<Foreign> foreign_main_;
    std::list<Foreign> foreign_members_; // left by an earlier launcher
    EventSource cgroup_source_;
    Timer lineage_timer_;
};

} // namespace amphid
