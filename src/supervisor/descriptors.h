// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/expand.h"
#include "plan/plan.h"
#include "supervisor/fd_store.h"
#include "supervisor/loop.h"
#include "supervisor/probes/probe.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amphid {

/// A descriptor that the manager passed for the service (sd_listen_fds(3)).
struct GivenDescriptor {
    Fd fd;
    std::string name;
};

/// The descriptors that the main process is started with: the sockets of the configuration,
/// which are held for as long as the launcher lives, whatever else the manager passed, and what
/// the service stored for its next start (FDSTORE=1), numbered together from 3 on.
class Descriptors {
public:
    /// `sockets`: those of the plan, in its order; empty ones are opened at the next start.
    Descriptors(Loop& loop, const Plan& plan, std::vector<GivenDescriptor> given,
                std::vector<Fd> sockets, Closer& closer);

    /// A new activation begins: empties the store unless the configuration preserves it.
    void begin_activation();
    /// Opens the sockets that are missing, and undoes what the last main process has changed about
    /// the others. Throws OsError.
    void renew_sockets();
    /// The service has ended: removes sockets from the file system where the configuration asks for
    /// it.
    void remove_sockets() const;
    /// Drops those that have hung up.
    void forget_hung_up() { store_.forget_hung_up(); }

    /// As {ours, the service's number}, including the pipe ends of [ready] fd.
    std::vector<std::pair<int, int>> numbered(const std::vector<Probe::Gift>& gifts) const;
    /// LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES and FDSTORE.
    void add_variables(Environment& out) const;

    /// Stores descriptors under a name; returns how many did not fit.
    std::size_t store(std::vector<Fd> descriptors, const std::string& name, bool poll);
    void remove(const std::string& name) { store_.remove(name); }

private:
    struct Passed {
        int fd;
        std::string_view name;
    };
    /// In the order of their numbers.
    std::vector<Passed> passed() const;

    const Plan& plan_;
    std::vector<GivenDescriptor> given_;
    std::vector<Fd> sockets_;
    FdStore store_;
    EventSource store_source_;
};

} // namespace amphid
