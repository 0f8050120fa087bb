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

/// Makes us the reaper of every orphan below us (PR_SET_CHILD_SUBREAPER), so that no descendant can
/// leave the tree, whatever it forks or detaches. Throws OsError.
void become_subreaper();

/// The children of a process, zombies too.
std::vector<int> children_of(int pid);

/// The processes below us that are a service's: all descendants but those that were our children
/// before the service existed (an `exec` in a shell script hands its children down).
class Tree {
public:
    /// Nobody is there yet: a process that was just forked.
    Tree() = default;

    /// What a killed launcher left.
    explicit Tree(const State& left);

    /// Notes who is there before the service is.
    static Tree with_strangers();

    /// Whoever is still there belongs to the past.
    void begin_again();

    /// The members, and who is still there of the past.
    std::vector<int> everybody() const;

    /// Everybody in this cgroup, which is the service's alone, counts, too.
    void use(Cgroup cgroup) { cgroup_ = std::move(cgroup); }
    Cgroup& cgroup() { return cgroup_; }
    const Cgroup& cgroup() const { return cgroup_; }
    const Inheritance& inheritance() const { return inheritance_; }

    /// The living descendants, in no order; zombies count as gone.
    std::vector<int> members() const;

    /// True where we have no child left but those from before. Every orphan below us becomes our
    /// child before its parent is gone, and only we reap: without children there are no
    /// descendants.
    bool empty() const;

    /// Sends the signals, in this order, to every member, again and again until a walk meets nobody
    /// new. By pidfd, and only to a process that still descends from us.
    /// Whom `spare` names is left out.
    void signal(
        const std::vector<int>& signals,
        const std::function<bool(int pid)>& spare = [](int) { return false; });

    /// SIGKILL for this child of ours, its process group and all its descendants.
    void kill_below(int child) const;

    /// Our own children but those from before, without zombies: whom a double fork leaves to us.
    std::vector<int> children() const;

    /// True where this process descends from us and is not one of those before.
    bool contains(int pid) const;

private:
    std::vector<int> members_below(int root) const;
    bool is_stranger(int pid) const;
    bool descends_from_us(int pid) const;
    bool has_no_children() const;
    bool has_others() const;

    std::vector<ProcessId> before_;
    std::vector<ProcessId> past_; // those of them that were members once
    Inheritance inheritance_;
    Cgroup cgroup_;
};

} // namespace amphid
