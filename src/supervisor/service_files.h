// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/os_error.h"
#include "os/runtime_files.h"
#include "os/second_record.h"
#include "os/state_record.h"
#include "plan/plan.h"
#include "supervisor/log.h"
#include "supervisor/loop.h"

#include <functional>
#include <optional>

namespace amphid {

/// The public files of the service: the state and the pid files, with their directory and lock. The
/// only writer of the state: each version is written once. Files that were removed are created
/// again; a file that cannot be written is logged once, and tried again with each state.
class ServiceFiles {
public:
    /// `renew_notify` creates the notify socket again if its name is missing in this directory.
    /// `lock` may be empty: another process holds it for us. All references outlive it.
    ServiceFiles(Loop& loop, const Plan& plan, Fd directory, Fd lock, SecondRecord second, Log& log,
                 std::function<void(int directory)> renew_notify);

    /// The runtime directory.
    int directory() const { return directory_.get(); }

    /// Writes the state if it has changed. A file that cannot be written is logged once and tried
    /// again with the next state.
    void publish(const State& state);
    /// The same; throws OsError.
    void write(const State& state);
    /// That state was written by a process that recorded itself (StateRecord).
    void note_written(const State& state);

    /// Notices losses from now on (`signal_losses`).
    void watch();
    /// Something has disappeared from the directory. If it was a file of ours, a later publish()
    /// creates it again, after a while, so that a cleanup can finish first.
    void note_loss();
    /// A command misses the files, or found them invalid: the next publish() writes.
    void invalidate() { written_.reset(); }

    /// Drafts the pid files while the service is starting, so that failures are known before it is
    /// ready. `main` 0: not known. Throws OsError.
    void draft_pid_files(int launcher, int main);
    /// Throws OsError.
    void put_pid_files_in_place();
    /// For a service that was announced already: logs the failure and tries again later.
    void put_off(const OsError& error);
    /// The main process has ended or changed.
    void forget_service_pid();
    void remove_pid_files();
    /// The end: only the state file is kept.
    void finish();
    /// A pid file could not be removed: whoever reads it takes another process for the service.
    bool left_pid_file() const { return left_pid_file_ || left_service_pid_file_; }

private:
    Fd open_parent(const std::string& file) const;
    bool is_whole() const;
    bool seems_whole() const;
    bool is_ours(const std::string& pid_file) const;
    bool misses(const std::optional<PidFile>& file, const std::string& path) const;
    bool find_place();
    void restore();
    void report_error(const OsError& error);
    void leave(const Fd& directory) const;
    void remove(std::optional<PidFile>& file, bool& left);
    void hold(Fd lock);
    void hold_directory(Fd directory);
    void forget_lost(std::optional<PidFile>& file, const std::string& path, bool moves);

    const Plan& plan_;
    Fd lock_;
    FileIdentity lock_identity_;
    Fd directory_;
    FileIdentity directory_identity_;
    SecondRecord second_;
    Log& log_;
    std::function<void(int directory)> renew_notify_;
    std::optional<State> written_;
    bool failing_ = false;
    std::optional<PidFile> pid_file_;
    std::optional<PidFile> service_pid_file_;
    int launcher_ = 0; // the PID in the pid files
    int main_ = 0;
    bool pid_files_are_late_ = false;
    bool left_pid_file_ = false;
    bool left_service_pid_file_ = false;
    bool watches_ = false;
    bool has_notify_name_ = false;
    Timer quiet_; // after a loss
};

} // namespace amphid
