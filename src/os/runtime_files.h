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

/// Opens, and makes where it is missing, the directory of a service's files. It must be ours alone
/// to write. Throws OsError.
Fd open_runtime_directory(const std::string& path);

/// True where that path leads to this directory still: nobody has removed, renamed or covered it.
bool leads_to(const std::string& path, int directory);

/// True where that name in the directory is this open file.
bool is_named(int directory, const char* name, int fd);

/// From now on the kernel sends SIGIO with the directory's descriptor (POLL_MSG) when a name in it
/// is gone; also when a draft was put in place. Costs no descriptor, and ends when any duplicate of
/// this one is closed. Nothing comes where the kernel cannot (CONFIG_DNOTIFY).
void signal_losses(int directory);

/// A service's lock: while a launcher holds it, no other launcher runs that service.
class Lock {
public:
    /// In this directory, which must stay open as long as the lock is tried.
    explicit Lock(int directory) : directory_(directory) {}

    /// False where another process holds it. Throws OsError where the file cannot be used.
    bool try_acquire();

    /// The descriptor that keeps the acquired lock.
    Fd take() { return std::move(fd_); }

private:
    int directory_;
    Fd fd_; // kept over failed tries: each close of it would wake the others that wait
};

/// True where a launcher holds the lock in that directory; false also where nobody can tell.
bool is_locked(const std::string& directory);

/// Replaces the file `state`, or writes over it where the file system has no room for another one.
/// Throws OsError.
void write_state(int directory, const State& state);

/// What a state file says, and who wrote it.
struct FoundState {
    State state;
    uid_t owner = 0;
};

/// Reads `state` in this directory. Never follows a symbolic link, never waits, believes nothing
/// but a regular file with one link and at most 64 KiB that belongs to the directory's owner.
std::optional<FoundState> find_state(const std::string& directory);
std::optional<FoundState> find_state(const Fd& directory);

/// Removes what a launcher that was killed left of itself: drafts, its notify socket and, as `last`
/// (null: it got to none) says, its pid file; of `pid_files`, which may be anywhere, the drafts,
/// and those that name a main process of `last` that is gone. By the holder of the lock only.
void tidy_after_launcher(const Fd& directory, const State* last,
                         const std::vector<std::string>& pid_files);

/// A pid file: one line with a PID, drafted while there is time, complete from its first moment in
/// place, gone when this object is. Another file that took its place meanwhile is left alone.
class PidFile {
public:
    /// Drafts the file `path` in its directory, which is open already. Throws OsError; a file that
    /// belongs to another user is never replaced.
    PidFile(Fd directory, const std::string& path, int pid);
    PidFile(const PidFile&) = delete;
    PidFile& operator=(const PidFile&) = delete;
    ~PidFile();

    /// Throws OsError.
    void put_in_place();
    /// Removes it where it is in place and still ours. Throws OsError where it stays.
    void remove();

    bool is_in_place() const { return in_place_; }
    /// It was in place, and there is no file of that name any more.
    bool is_lost() const;
    /// It is in this directory, not in one that had the same path before.
    bool is_in(int directory) const;

private:
    Fd directory_;
    std::string name_;
    std::string content_;
    std::optional<Draft> draft_;
    bool in_place_ = false;
};

} // namespace amphid
