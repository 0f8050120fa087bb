// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/files.h"
#include "plan/file_names.h"
#include "plan/state.h"

#include <optional>
#include <string>
#include <sys/stat.h>
#include <vector>

namespace amphid {

/// Opens the directory of a service's files, creating it if necessary. Only we may have write
/// access. Throws OsError.
Fd open_runtime_directory(const std::string& path);

/// Identifies an open file, which keeps both numbers as long as it is open.
struct FileIdentity {
    dev_t device = 0;
    ino_t number = 0;
    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// Throws OsError, which names `path`.
FileIdentity identity_of(int fd, const std::string& path);
/// Of a file in a directory that is open.
FileIdentity identity_in(int directory, const char* name, int fd);

/// True where that path leads to this directory still: it was not removed, renamed or mounted over.
bool leads_to(const std::string& path, const FileIdentity& directory);

/// True if that name in the directory is this file.
bool is_named(int directory, const char* name, const FileIdentity& file);

/// Has the kernel send SIGIO with the directory's descriptor (POLL_MSG) when a name in it
/// disappears; also when a draft is put in place. Needs no descriptor, and ends when any duplicate
/// of this one is closed. No signal comes without CONFIG_DNOTIFY.
void signal_losses(int directory);

/// A service's lock: while a launcher holds it, no other launcher runs that service.
class Lock {
public:
    /// For this directory, which must stay open while try_acquire() is used.
    explicit Lock(int directory) : directory_(directory) {}

    /// False if another process holds it. Throws OsError if the file cannot be used.
    bool try_acquire();

    /// The descriptor that keeps the acquired lock.
    Fd take() { return std::move(fd_); }

private:
    int directory_;
    Fd fd_; // kept between attempts: closing it would wake other waiters
};

/// True if a launcher holds the lock in that directory; false also if that cannot be determined.
bool is_locked(const std::string& directory);

/// Replaces the file `state`, or overwrites it if the file system is full. Throws OsError.
void write_state(int directory, const State& state);

/// A state file's content and its owner.
struct FoundState {
    State state;
    uid_t owner = 0;
};

/// Reads `state` in this directory. Never follows a symbolic link, never blocks, and accepts only a
/// regular file with one link and at most 64 KiB that belongs to the directory's owner.
std::optional<FoundState> find_state(const std::string& directory);
std::optional<FoundState> find_state(const Fd& directory);

/// Removes the files of a killed launcher (or of a service without one) in its directory: drafts,
/// its notify socket and the pid file named in its last state (null: none); of `pid_files`, which
/// may be anywhere, drafts and those that name a main process of `last` that is gone. Only for the
/// holder of the lock.
void tidy_after_launcher(const std::string& path, const Fd& directory, const State* last,
                         const std::vector<std::string>& pid_files);

/// Why a pid file does not replace the file at this path: it is no pid file, or somebody else's.
/// Empty if it does, or if there is none.
std::string why_no_pid_file(int directory, const std::string& name);

/// A pid file: one line with a PID, drafted in advance, put in place atomically, and removed with
/// this object. Another file that has taken its place is left alone.
class PidFile {
public:
    /// Drafts the file `path` in its directory, which is already open. Throws OsError; never
    /// replaces a file that belongs to another user.
    PidFile(Fd directory, const std::string& path, int pid);
    PidFile(const PidFile&) = delete;
    PidFile& operator=(const PidFile&) = delete;
    ~PidFile();

    /// Throws OsError.
    void put_in_place();
    /// Removes it where it is in place and still ours. Throws OsError where it stays.
    void remove();

    bool is_in_place() const { return in_place_; }
    /// It was in place, but the name no longer exists.
    bool is_lost() const;

private:
    Fd directory_;
    std::string name_;
    std::string content_;
    std::optional<Draft> draft_;
    bool in_place_ = false;
};

} // namespace amphid
