// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/cgroup.h"
#include "os/inheritance.h"
#include "plan/state.h"

#include <functional>
#include <string>
#include <vector>

namespace amphid {

/// Makes us the reaper of all orphans below us (PR_SET_CHILD_SUBREAPER), so that no descendant can
/// leave the tree by forking or detaching. Throws OsError.
void become_subreaper();

/// The children of a process, including zombies.
std::vector<int> children_of(int pid);

/// The processes of a service: all our descendants except those that were our children before the
/// service existed (an `exec` in a shell script passes its children on).
class Tree {
public:
    /// No other processes: we were just forked.
    Tree() = default;

    /// What a killed launcher left.
    explicit Tree(const State& left);

    /// Notes the children from before the service.
    static Tree with_strangers();

    /// A new activation: processes that are left belong to the past one.
    void begin_again();

    /// The members, and those left from the past.
    std::vector<int> everybody() const;

    /// All processes of this cgroup, which is the service's alone, count, too.
    void use(Cgroup cgroup) { cgroup_ = std::move(cgroup); }
    Cgroup& cgroup() { return cgroup_; }
    const Cgroup& cgroup() const { return cgroup_; }
    const Inheritance& inheritance() const { return inheritance_; }

    /// The living members, in no order; zombies count as gone.
    std::vector<int> members() const;

    /// True if we have no children left except those from before. Orphans below us become our
    /// children before their parent is gone, and only we reap, so without children there are no
    /// descendants.
    bool empty() const;

    /// Sends the signals, in order, to every member, repeatedly until a walk finds no new ones. By
    /// pidfd, and only to processes that still descend from us. Skips those for which `spare` is
    /// true. Those who are there, or born during the first walk, get them however long it takes;
    /// after `budget` a service that forks faster than we walk is left to the next SIGCHLD.
    void signal(
        const std::vector<int>& signals,
        const std::function<bool(int pid)>& spare = [](int) { return false; },
        TimeSpan budget = milliseconds(50));

    /// SIGKILL for this child of ours, its process group and all its descendants.
    void kill_below(int child) const;

    /// Our own children except those from before and zombies, such as daemons after a double fork.
    std::vector<int> children() const;

    /// True if this process descends from us and is not from before.
    bool contains(int pid) const;

private:
    std::vector<int> members_below(int root) const;
    bool is_stranger(int pid) const;
    bool descends_from_us(int pid) const;
    bool has_no_children() const;
    bool has_others() const;

    std::vector<ProcessId> before_;
    std::vector<ProcessId> past_; // left over from past activations
    Inheritance inheritance_;
    Cgroup cgroup_;
};

} // namespace amphid
