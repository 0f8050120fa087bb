// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/spawn.h"
#include "plan/state.h"

#include <string>
#include <sys/types.h>

namespace amphid {

/// The state with the process in it that is about to be started, drafted by the launcher with a gap
/// for the PID and the start time. The new process fills the gap and puts the file in place as its
/// last step before it executes: there is no moment in which a service runs unknown. Nothing is
/// allocated between the two.
class StateRecord final : public Record {
public:
    /// Drafts `state` in the runtime directory; `role` is the process's place in it. A draft that
    /// cannot be written is no reason not to start: written() tells.
    StateRecord(int directory, State state, ProcessId State::*role);
    StateRecord(const StateRecord&) = delete;
    StateRecord& operator=(const StateRecord&) = delete;
    ~StateRecord();

    void operator()(pid_t pid) noexcept override;

    /// The new process has recorded itself, as id().
    bool written() const { return written_; }
    const ProcessId& id() const { return id_; }

private:
    int directory_;
    std::string draft_name_;
    Fd draft_;
    std::string gap_; // from the first digit of the PID to the last of the start time
    off_t gap_begin_ = 0;
    ProcessId id_;
    bool written_ = false;
};

} // namespace amphid
