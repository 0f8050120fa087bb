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

/// The state with the process in it that is about to be started, drafted by the launcher with gaps
/// for the PID and the start time. The new process fills them and puts the file in place as its
/// last step before it executes: there is no moment in which a service runs unknown. Nothing is
/// allocated between the two.
class StateRecord final : public Record {
public:
    /// Where the state has these numbers, the new process writes its own.
    static constexpr int pid_gap = 1'111'111'111;
    static constexpr std::uint64_t start_time_gap = 1'111'111'111'111'111'111U;

    /// Drafts the state in the runtime directory. A draft that cannot be written is no reason not
    /// to start: written() tells.
    StateRecord(int directory, State with_gaps);
    StateRecord(const StateRecord&) = delete;
    StateRecord& operator=(const StateRecord&) = delete;
    ~StateRecord();

    void operator()(pid_t pid) noexcept override;

    /// The new process has recorded itself.
    bool written() const { return written_; }
    /// The state without its gaps, of a process that has recorded itself.
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
