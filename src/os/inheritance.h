// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/process.h"
#include "plan/state.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// What a killed launcher left: processes that descend from its main process, that are in its
/// session, or that have the service's INVOCATION_ID in their environment, wherever they were
/// reparented to. Anybody can put that variable into an environment: it counts only for processes
/// that run wholly as one of the service's users. A session is handed down by fork alone; it counts
/// where the main process, or the detached launcher, has made it. (A program that writes its title
/// over its environment, as nginx does, is known by nothing else once its parent is gone.)
class Inheritance {
public:
    /// Nothing was left.
    Inheritance() = default;
    explicit Inheritance(const State& left);

    explicit operator bool() const { return !invocation_id_.empty(); }

    /// The living ones, in no order.
    std::vector<int> members() const;
    bool contains(int pid) const;

private:
    bool is_root_of_it(int pid, const ProcessStat& stat) const;
    bool has_our_user(int pid) const;

    ProcessId main_;
    int session_ = 0; // 0: it tells nothing
    std::string invocation_id_;
    std::vector<uid_t> users_;
};

/// The UID that a process runs as (saved, real and effective must agree); nothing where it is gone
/// or runs as more than one.
std::optional<uid_t> user_of(int pid);

} // namespace amphid
