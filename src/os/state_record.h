// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/spawn.h"
#include "plan/state.h"

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// The state that includes a process about to be started, drafted by the launcher with gaps for PID
/// and start time. The new process fills the gaps and puts the file in place as its last step
/// before exec, so that a service never runs unrecorded. Nothing is allocated in between.
class StateRecord final : public Record {
public:
    /// The new process replaces these numbers by its own.
    static constexpr int pid_gap = 1'111'111'111;
    static constexpr std::uint64_t start_time_gap = 1'111'111'111'111'111'111U;

    /// Drafts the state in the runtime directory. If the draft cannot be written, the start goes on
    /// without it; see written().
    StateRecord(int directory, State with_gaps);
    StateRecord(const StateRecord&) = delete;
    StateRecord& operator=(const StateRecord&) = delete;
    ~StateRecord();

    void operator()(pid_t pid) noexcept override;

    /// True if the new process has recorded itself.
    bool written() const { return written_; }
    /// The state with the gaps filled, if the process has recorded itself.
    State filled() const;

private:
    int directory_;
    State state_;
    std::string draft_name_;
    Fd draft_;
    std::string text_;
    std::vector<std::size_t> pids_; // where they stand in the text
    std::vector<std::size_t> start_times_;
    int pid_ = 0;
    std::uint64_t start_time_ = 0;
    std::uint64_t offset_; // start_time_offset(), which the new process cannot ask for
    bool written_ = false;
};

} // namespace amphid
