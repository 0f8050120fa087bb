// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/expand.h"
#include "plan/plan.h"
#include "supervisor/fd_store.h"
#include "supervisor/loop.h"
#include "supervisor/probes/probe.h"

#include <string>
#include <utility>
#include <vector>

namespace amphid {

/// A descriptor that the manager gave us for the service (sd_listen_fds(3)).
struct GivenDescriptor {
    Fd fd;
    std::string name;
};

/// The descriptors that the main process is started with: those that the manager gave, and those
/// that the service stored for its next start (FDSTORE=1). One numbering for all of them, from 3
/// on.
class Descriptors {
public:
    Descriptors(Loop& loop, const Plan& plan, std::vector<GivenDescriptor> given, Closer& closer);

    /// Where a new activation begins: the store is emptied unless the file preserves it.
    void begin_activation();
    /// What has hung up is not for the next start.
    void forget_hung_up() { store_.forget_hung_up(); }

    /// As {ours, the service's number}, besides the ends of pipes that [ready] gives away.
    std::vector<std::pair<int, int>> numbered(const std::vector<Probe::Gift>& gifts) const;
    /// LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES and FDSTORE.
    void add_variables(Environment& out) const;

    /// Stores descriptors under a name; returns how many found no room.
    std::size_t store(std::vector<Fd> descriptors, const std::string& name, bool poll);
    void remove(const std::string& name) { store_.remove(name); }

private:
    const Plan& plan_;
    std::vector<GivenDescriptor> given_;
    FdStore store_;
    EventSource store_source_;
};

} // namespace amphid
