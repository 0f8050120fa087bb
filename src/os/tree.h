// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/state.h"

#include <functional>
#include <string>
#include <vector>

namespace amphid {

/// Makes us the reaper of every orphan below us (PR_SET_CHILD_SUBREAPER), so that no descendant can
/// leave the tree, whatever it forks or detaches. Throws OsError.
void become_subreaper();

/// The processes below us that are a service's: all descendants but those that were our children
/// before the service existed (an `exec` in a shell script hands its children down).
class Tree {
public:
    /// Nobody is there yet: a process that was just forked.
    Tree() = default;

    /// Notes who is there before the service is.
    static Tree with_strangers();

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
        std::initializer_list<int> signals,
        const std::function<bool(int pid)>& spare = [](int) { return false; }) const;

    /// True where this process descends from us and is not one of those before.
    bool contains(int pid) const;

private:
    std::vector<ProcessId> before_;
};

} // namespace amphid
