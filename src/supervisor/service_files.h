// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/os_error.h"
#include "os/runtime_files.h"
#include "os/state_record.h"
#include "plan/plan.h"
#include "supervisor/log.h"
#include "supervisor/loop.h"

#include <functional>
#include <optional>

namespace amphid {

/// The files that tell others of the service: the state and the pid files, below a directory and
/// a lock of its own. The one writer of the state: each text is written once. What somebody has
/// removed is made again; what cannot be written is logged once, and tried again with each state.
class ServiceFiles {
public:
    /// `renew_notify` makes the notify socket's name again where it is missing in this directory.
    /// `lock` may be empty: it is held by another process for us. All references outlive it.
    ServiceFiles(Loop& loop, const Plan& plan, Fd directory, Fd lock, Log& log,
                 std::function<void(int directory)> renew_notify);

    /// The runtime directory.
    int directory() const { return directory_.get(); }

    /// Writes the state where it differs from what was written last. A file that cannot be written
    /// is logged once and tried again with the next state.
    void publish(const State& state);
    /// The same; throws OsError.
    void write(const State& state);
    /// That state was written by a process that recorded itself (StateRecord).
    void note_written(const State& state) { written_ = state; }

    /// From now on a loss is seen when it happens (`signal_losses`).
    void watch();
    /// Something has gone from the directory. Where that was a file of ours, it is made again by
    /// the publish() that follows a while later: whoever empties the directory may finish.
    void note_loss();
    /// Somebody misses the files, or does not believe them: the next publish() writes.
    void write_anew() { written_.reset(); }

    /// While the service gets ready there is time to draft the pid files; what is refused then is
    /// known before it is ready. `main` 0: not known. Throws OsError.
    void draft_pid_files(int launcher, int main);
    /// Throws OsError.
    void put_pid_files_in_place();
    /// What a service that is known already goes on without: it is logged, and tried again.
    void put_off(const OsError& error);
    /// The main process has ended, or is another one.
    void forget_service_pid();
    void remove_pid_files();
    /// The same for good; of all files the state alone stays.
    void finish();
    /// A pid file could not be removed: whoever reads it takes another process for the service.
    bool left_pid_file() const { return left_pid_file_ || left_service_pid_file_; }

private:
    Fd open_parent(const std::string& file) const;
    bool is_whole() const;
    bool seems_whole() const;
    bool misses(const std::optional<PidFile>& file, const std::string& path) const;
    bool find_place();
    void restore();
    void complain(const OsError& error);
    void leave(const Fd& directory, const Fd& lock) const;
    void remove(std::optional<PidFile>& file, bool& left);
    void let_go_of_lost(std::optional<PidFile>& file, const std::string& path);

    const Plan& plan_;
    Fd lock_;
    Fd directory_;
    Log& log_;
    std::function<void(int directory)> renew_notify_;
    std::optional<State> written_;
    bool failing_ = false;
    std::optional<PidFile> pid_file_;
    std::optional<PidFile> service_pid_file_;
    int launcher_ = 0; // whom the pid files name
    int main_ = 0;
    bool pid_files_are_late_ = false;
    bool left_pid_file_ = false;
    bool left_service_pid_file_ = false;
    bool watches_ = false;
    bool has_notify_name_ = false;
    Timer quiet_; // after a loss
};

} // namespace amphid
