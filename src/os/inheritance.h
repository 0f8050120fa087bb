// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/process.h"
#include "plan/state.h"

#include <string>
#include <sys/types.h>
#include <unistd.h>
#include <vector>

namespace amphid {

/// The launcher's own session and process group.
struct Standing {
    int group = ::getpgrp();
    int session = ::getsid(0);
    bool is_daemon = false; // its session belongs to the service alone
};

/// The lineage of a service's main process, which runs as `uid`. Empty if it shares the launcher's
/// process group.
Lineage lineage_of(int pid, uid_t uid, const Standing& launcher);

/// The lineage of a main process that is about to be started in its own process group or session as
/// `main`.
Lineage lineage_to_be(const ProcessId& main, bool own_session, uid_t uid, const Standing& launcher);

/// What a killed launcher left: processes that descend from its main process, belong to its
/// lineage, or have the service's INVOCATION_ID in their environment, wherever they were reparented
/// to. Since anybody can set that variable, it counts only for processes that run entirely as one
/// of the service's users. (A program that overwrites its environment with its title, as nginx
/// does, is recognized only by its lineage once its parent is gone.)
///
/// A session or a group is believed in while the main process lives, which keeps its number, and
/// afterwards as long as nobody leads it who is younger than the main process was. Both numbers
/// together, or the number of the service's own session and the service's user, are then enough:
/// what would have to happen for a mistake is that all of the service dies, that these very numbers
/// are given again, that their new leader dies before its own children, and that the machine (or
/// the container) has not been started anew meanwhile.
class Inheritance {
public:
    /// An empty one: nothing was left.
    Inheritance() = default;
    explicit Inheritance(const State& left);

    explicit operator bool() const { return !invocation_id_.empty(); }

    /// The living ones, in no order.
    std::vector<int> members() const;
    bool contains(int pid) const;

private:
    bool is_root_of_it(int pid, const ProcessStat& stat) const;
    void renew_lineage(bool of_daemon);
    bool has_our_user(int pid) const;
    bool is_of_the_lineage(int pid, const ProcessStat& stat) const;

    ProcessId main_;
    Lineage lineage_;
    bool main_lives_ = false;
    std::string invocation_id_;
    std::vector<uid_t> users_;
};

/// The UID that a process runs as (saved, real and effective must agree); nullopt if it is gone or
/// runs as more than one.
std::optional<uid_t> user_of(int pid);

} // namespace amphid
