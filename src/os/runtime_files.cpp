// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/runtime_files.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "plan/document.h"

#include <fcntl.h>
#include <sys/file.h>

namespace amphid {

Fd open_runtime_directory(const std::string& path) {
    Fd directory = open_directory(path, true);
    struct stat st {};
    checked(::fstat(directory.get(), &st), "cannot look at", path);
    if (st.st_uid != ::geteuid()) {
        throw OsError("cannot use", path, concat("it belongs to UID ", st.st_uid), EPERM);
    }
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        throw OsError("cannot use", path, "others may write in it", EPERM);
    }
    return directory;
}

bool Lock::is_named() const {
    struct stat held {};
    struct stat named {};
    checked(::fstat(fd_.get(), &held), "cannot look at", path_in(directory_, lock_name));
    return ::fstatat(directory_, lock_name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
           held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

bool Lock::try_acquire() {
    for (;;) {
        if (!fd_) {
            fd_ = Fd(::openat(directory_, lock_name,
                              O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600));
        }
        if (!fd_) {
            const int error = errno;
            throw OsError("cannot open", path_in(directory_, lock_name), error);
        }
        const bool locked = ::flock(fd_.get(), LOCK_EX | LOCK_NB) == 0;
        if (!locked && errno != EWOULDBLOCK) {
            const int error = errno;
            throw OsError("cannot lock", path_in(directory_, lock_name), error);
        }
        // Whoever cleans up may have unlinked the file meanwhile: such a lock is no lock.
        if (is_named()) {
            return locked;
        }
        fd_.reset();
    }
}

bool is_locked(const std::string& directory) {
    const Fd at = look_into_directory(directory);
    const Fd fd(::openat(at.get(), lock_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

void write_state(int directory, const State& state) {
    replace_file(directory, state_name, encode(state), 0644);
}

std::optional<FoundState> find_state(const std::string& directory) {
    const Fd at = look_into_directory(directory);
    return at ? find_state(at) : std::nullopt;
}

std::optional<FoundState> find_state(const Fd& at) {
    struct stat owner {};
    if (::fstat(at.get(), &owner) < 0) {
        return std::nullopt;
    }
    // One name in a directory that is held: no other link could be on the way.
    const Fd file(
        ::openat(at.get(), state_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat st {};
    if (!file || ::fstat(file.get(), &st) < 0 || !S_ISREG(st.st_mode) || st.st_nlink > 1 ||
        st.st_uid != owner.st_uid) {
        return std::nullopt;
    }
    const auto text = read_all(file.get(), 65536);
    auto state = text ? decode(*text) : std::nullopt;
    if (!state) {
        return std::nullopt;
    }
    return FoundState{std::move(*state), st.st_uid};
}

namespace {

/// Where it still names that launcher and its place can be trusted.
void remove_stale_pid_file(const std::string& path, int pid) {
    const auto [directory, name] = split_path(path);
    try {
        const Fd at = open_directory(directory, false);
        if (read_small_file(at.get(), name.c_str(), 64) == concat(pid, '\n')) {
            ::unlinkat(at.get(), name.c_str(), 0);
        }
    } catch (const OsError&) {
        return; // no such place any more, or not ours to tidy
    }
}

} // namespace

void tidy_after_launcher(const Fd& directory, const State* last) {
    for (const std::string& name : names_in(concat("/proc/self/fd/", directory.get()))) {
        if (name.starts_with(concat('.', state_name, '.')) ||
            name.starts_with(concat('.', pid_name, '.')) || name == notify_name) {
            ::unlinkat(directory.get(), name.c_str(), 0);
        }
    }
    if (last != nullptr) {
        remove_stale_pid_file(last->pid_file, last->launcher.pid);
    }
}

PidFile::PidFile(Fd directory, const std::string& path, int pid)
    : directory_(std::move(directory)), name_(split_path(path).second),
      content_(concat(pid, '\n')) {
    struct stat old {};
    if (::fstatat(directory_.get(), name_.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0 &&
        old.st_uid != ::geteuid() && old.st_uid != 0) {
        throw OsError("refusing to replace", path, concat("it belongs to UID ", old.st_uid), EPERM);
    }
    draft_.emplace(directory_.get(), name_, content_, 0644);
}

void PidFile::put_in_place() {
    if (!in_place_) {
        draft_->put_in_place();
        in_place_ = true;
    }
}

PidFile::~PidFile() {
    struct stat now {};
    const struct stat& ours = draft_->identity();
    const bool there =
        in_place_ && ::fstatat(directory_.get(), name_.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(now.st_mode) && now.st_dev == ours.st_dev && now.st_ino == ours.st_ino;
    // The number of a deleted file is given again: the content decides.
    if (there && read_small_file(directory_.get(), name_.c_str(), 64) == content_) {
        ::unlinkat(directory_.get(), name_.c_str(), 0);
    }
}

} // namespace amphid
