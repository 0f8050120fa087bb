// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/runtime_files.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/process.h"
#include "plan/document.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <sys/file.h>
#include <utility>

namespace amphid {

Fd open_runtime_directory(const std::string& path) {
    Fd directory = open_directory(path, true);
    struct stat st {};
    checked(::fstat(directory.get(), &st), "cannot stat", path);
    if (st.st_uid != ::geteuid()) {
        throw OsError("cannot use", path, concat("it belongs to UID ", st.st_uid), EPERM);
    }
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        throw OsError("cannot use", path, "it is writable by others", EPERM);
    }
    return directory;
}

FileIdentity identity_of(int fd, const std::string& path) {
    struct stat st {};
    checked(::fstat(fd, &st), "cannot stat", path);
    return {st.st_dev, st.st_ino};
}

FileIdentity identity_in(int directory, const char* name, int fd) {
    struct stat st {};
    if (::fstat(fd, &st) < 0) {
        const int error = errno;
        throw OsError("cannot stat", path_in(directory, name), error);
    }
    return {st.st_dev, st.st_ino};
}

bool leads_to(const std::string& path, const FileIdentity& directory) {
    struct stat st {};
    return ::stat(path.c_str(), &st) == 0 && FileIdentity{st.st_dev, st.st_ino} == directory;
}

bool is_named(int directory, const char* name, const FileIdentity& file) {
    struct stat st {};
    return ::fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
           FileIdentity{st.st_dev, st.st_ino} == file;
}

void signal_losses(int directory) {
    // A user has few inotify(7) instances for all processes, and services need them, too.
    if (::fcntl(directory, F_SETSIG, SIGIO) == 0) {
        ::fcntl(directory, F_NOTIFY, DN_DELETE | DN_MULTISHOT);
    }
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
        // A cleanup may have unlinked the file in the meantime: then the lock is worthless.
        if (is_named(directory_, lock_name, identity_in(directory_, lock_name, fd_.get()))) {
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

namespace {

/// Within the blocks that the file already has. A reader at that moment reads again, since a mixed
/// document is invalid.
bool overwrite_state(int directory, const std::string& text) {
    const Fd file(
        ::openat(directory, state_name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat st {};
    constexpr std::size_t unit = 512; // of st_blocks
    return file && ::fstat(file.get(), &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
           st.st_uid == ::geteuid() &&
           text.size() <= static_cast<std::size_t>(st.st_blocks) * unit &&
           ::pwrite(file.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
           ::ftruncate(file.get(), static_cast<off_t>(text.size())) == 0;
}

} // namespace

void write_state(int directory, const State& state) {
    const std::string text = encode(state);
    try {
        replace_file(directory, state_name, text, 0644);
    } catch (const OsError& error) {
        const bool full = error.error() == ENOSPC || error.error() == EDQUOT;
        if (!full || !overwrite_state(directory, text)) {
            throw;
        }
    }
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
    // One name in an open directory: there cannot be another link on the path.
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

bool is_draft_of(std::string_view file, std::string_view name) {
    const std::string prefix = concat('.', name, '.');
    return file.starts_with(prefix) && parse_number<int>(file.substr(prefix.size())).has_value();
}

/// Only the holder of the service's lock creates drafts.
void remove_drafts(const Fd& directory, const std::vector<std::string>& of) {
    for (const std::string& file : names_in(concat("/proc/self/fd/", directory.get()))) {
        struct stat st {};
        const bool is_draft = std::any_of(
            of.begin(), of.end(), [&](const auto& name) { return is_draft_of(file, name); });
        if (is_draft && ::fstatat(directory.get(), file.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode) && st.st_uid == ::geteuid()) {
            ::unlinkat(directory.get(), file.c_str(), 0);
        }
    }
}

/// Removes the pid file if it names this process.
void remove_pid_file(const Fd& directory, const std::string& name, int pid) {
    if (pid > 0 && read_small_file(directory.get(), name.c_str(), 64) == concat(pid, '\n')) {
        ::unlinkat(directory.get(), name.c_str(), 0);
    }
}

/// Removes drafts of a pid file, and the file itself if it names this process, if its directory can
/// be trusted.
void tidy_pid_file(const std::string& path, int pid) {
    const auto [directory, name] = split_path(path);
    try {
        const Fd at = open_directory(directory, false);
        remove_drafts(at, {name});
        remove_pid_file(at, name, pid);
    } catch (const OsError&) {
        return; // the directory is gone or not ours to clean up
    }
}

} // namespace

void tidy_after_launcher(const std::string& path, const Fd& directory, const State* last,
                         const std::vector<std::string>& pid_files) {
    std::vector<std::string> ours{state_name, pid_name}; // those in the directory itself
    const auto tidy = [&](const std::string& file, int pid) {
        const auto [place, name] = split_path(file);
        if (place == path) {
            ours.push_back(name);
            remove_pid_file(directory, name, pid);
        } else if (!file.empty()) {
            tidy_pid_file(file, pid);
        }
    };
    ::unlinkat(directory.get(), notify_name, 0);
    if (last != nullptr) {
        tidy(last->pid_file, answering(*last).pid);
    }
    const int main = last != nullptr && !open_process(last->main) ? last->main.pid : 0;
    for (const std::string& file : pid_files) {
        tidy(file, main);
    }
    remove_drafts(directory, ours);
}

/// A mistyped path must not cost anybody a file.
std::string why_no_pid_file(int directory, const std::string& name) {
    struct stat st {};
    if (::fstatat(directory, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) < 0) {
        return {};
    }
    if (st.st_uid != ::geteuid() && st.st_uid != 0) {
        return concat("it belongs to UID ", st.st_uid);
    }
    if (S_ISLNK(st.st_mode)) {
        return {}; // the link is replaced, not what it leads to
    }
    if (!S_ISREG(st.st_mode)) {
        return S_ISDIR(st.st_mode) ? "it is a directory" : "it is no regular file";
    }
    constexpr std::size_t most = 64;
    const auto text = read_small_file(directory, name.c_str(), most);
    const bool fits = text && text->find_first_not_of("0123456789 \t\n") == std::string::npos;
    return fits ? std::string() : "it contains something other than a PID";
}

PidFile::PidFile(Fd directory, const std::string& path, int pid)
    : directory_(std::move(directory)), name_(split_path(path).second),
      content_(concat(pid, '\n')) {
    if (const std::string why = why_no_pid_file(directory_.get(), name_); !why.empty()) {
        throw OsError("refusing to replace", path, why, EPERM);
    }
    draft_.emplace(directory_.get(), name_, content_, 0644);
}

void PidFile::put_in_place() {
    if (!in_place_) {
        draft_->put_in_place();
        in_place_ = true;
    }
}

bool PidFile::is_lost() const {
    struct stat now {};
    return in_place_ && ::fstatat(directory_.get(), name_.c_str(), &now, AT_SYMLINK_NOFOLLOW) < 0 &&
           errno == ENOENT;
}

PidFile::~PidFile() {
    try {
        remove();
    } catch (const OsError&) {
        return; // whoever wants to know removes it before
    }
}

void PidFile::remove() {
    if (!std::exchange(in_place_, false)) {
        return;
    }
    struct stat now {};
    const struct stat& ours = draft_->identity();
    const bool seen = ::fstatat(directory_.get(), name_.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0;
    if (seen && (!S_ISREG(now.st_mode) || now.st_dev != ours.st_dev || now.st_ino != ours.st_ino)) {
        return;
    }
    // Inode numbers are reused: the content decides, if it can be read.
    const auto content = read_small_file(directory_.get(), name_.c_str(), 64);
    if (!content && !seen) {
        const int error = errno;
        if (error == ENOENT) {
            return; // somebody was faster
        }
        throw OsError("cannot remove", path_in(directory_.get(), name_), error);
    }
    if (content.value_or(content_) != content_) {
        return;
    }
    if (::unlinkat(directory_.get(), name_.c_str(), 0) < 0 && errno != ENOENT) {
        const int refused = errno;
        throw OsError("cannot remove", path_in(directory_.get(), name_), refused);
    }
}

} // namespace amphid
