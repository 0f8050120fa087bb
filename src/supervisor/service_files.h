// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/runtime_files.h"
#include "os/state_record.h"
#include "plan/plan.h"
#include "supervisor/log.h"

#include <optional>

namespace amphid {

/// The files that tell others of the service: the state and the pid files. The one writer of the
/// state: each text is written once.
class ServiceFiles {
public:
    ServiceFiles(const Plan& plan, Fd directory, Log& log)
        : plan_(plan), directory_(std::move(directory)), log_(log) {}

    /// The runtime directory.
    int directory() const { return directory_.get(); }

    /// Writes the state where it differs from what was written last. A file that cannot be written
    /// is logged once and tried again with the next state.
    void publish(const State& state);
    /// The same; throws OsError.
    void write(const State& state);
    /// That state was written by a process that recorded itself (StateRecord).
    void note_written(const State& state) { written_ = state; }

    /// While the service gets ready there is time to draft the pid files; what is refused then is
    /// known before it is ready. `main` 0: not known. Throws OsError.
    void draft_pid_files(int launcher, int main);
    /// Throws OsError.
    void put_pid_files_in_place();
    /// The main process has ended, or is another one.
    void forget_service_pid() { service_pid_file_.reset(); }
    void remove_pid_files();

private:
    Fd open_parent(const std::string& file) const;

    const Plan& plan_;
    Fd directory_;
    Log& log_;
    std::optional<State> written_;
    bool failing_ = false;
    std::optional<PidFile> pid_file_;
    std::optional<PidFile> service_pid_file_;
};

} // namespace amphid
