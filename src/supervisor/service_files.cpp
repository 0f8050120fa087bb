// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/service_files.h"

#include "base/text.h"
#include "machine/event.h"
#include "os/clock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <utility>

namespace amphid {

namespace {

constexpr TimeSpan quiet_time = milliseconds(200);

bool has(const Fd& directory, const char* name) {
    struct stat st {};
    return ::fstatat(directory.get(), name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

} // namespace

ServiceFiles::ServiceFiles(Loop& loop, const Plan& plan, Fd directory, Fd lock, SecondRecord second,
                           Log& log, std::function<void(int directory)> renew_notify)
    : plan_(plan), second_(std::move(second)), log_(log), renew_notify_(std::move(renew_notify)),
      quiet_(loop, Turn::checks, [this] { invalidate(); }) {
    hold_directory(std::move(directory));
    hold(std::move(lock));
    has_notify_name_ = has(directory_, notify_name);
}

void ServiceFiles::hold(Fd lock) {
    lock_ = std::move(lock);
    lock_identity_ = lock_ ? identity_in(directory_.get(), lock_name, lock_.get()) : FileIdentity{};
}

void ServiceFiles::hold_directory(Fd directory) {
    directory_ = std::move(directory);
    directory_identity_ = identity_of(directory_.get(), plan_.paths.directory);
}

void ServiceFiles::watch() {
    if (lock_ && !std::exchange(watches_, true)) {
        signal_losses(directory_.get());
        note_loss(); // from before
    }
}

void ServiceFiles::note_loss() {
    if (watches_ && !seems_whole()) {
        quiet_.set(after(monotonic_now(), quiet_time));
    }
}

/// If it cannot be checked now, it is checked again later.
bool ServiceFiles::seems_whole() const {
    try {
        return is_whole();
    } catch (const OsError&) {
        return false;
    }
}

/// True if the required files exist and are ours. The state itself is written anyway.
bool ServiceFiles::is_whole() const {
    return leads_to(plan_.paths.directory, directory_identity_) &&
           is_named(directory_.get(), lock_name, lock_identity_) &&
           (!written_ || has(directory_, state_name)) &&
           (!has_notify_name_ || has(directory_, notify_name)) &&
           !misses(pid_file_, plan_.paths.pid_file) &&
           !misses(service_pid_file_, plan_.paths.service_pid_file);
}

/// Elsewhere we must not restore it.
bool ServiceFiles::is_ours(const std::string& pid_file) const {
    return split_path(pid_file).first == plan_.paths.directory;
}

bool ServiceFiles::misses(const std::optional<PidFile>& file, const std::string& path) const {
    return file && is_ours(path) && file->is_lost();
}

/// The directory or its content was removed, renamed or mounted over: commands look for our files
/// at its path.
void ServiceFiles::restore() {
    const std::string& path = plan_.paths.directory;
    Fd directory;
    if (!leads_to(path, directory_identity_)) {
        directory = open_runtime_directory(path);
    }
    const int at = directory ? directory.get() : directory_.get();
    if (!is_named(at, lock_name, lock_identity_)) {
        Lock lock(at);
        if (!lock.try_acquire()) {
            throw OsError("cannot lock", concat(path, '/', lock_name),
                          "it is held by another process", EWOULDBLOCK);
        }
        if (directory) {
            leave(directory_);
        }
        hold(lock.take());
    }
    const bool moves = static_cast<bool>(directory);
    forget_lost(pid_file_, plan_.paths.pid_file, moves);
    forget_lost(service_pid_file_, plan_.paths.service_pid_file, moves);
    if (moves) {
        hold_directory(std::move(directory));
        watches_ = !watches_;
        watch();
    }
    if (has_notify_name_) {
        renew_notify_(directory_.get());
    }
    written_.reset();
    log_.write(LOG_NOTICE, concat(plan_.name, ": its files in ", path,
                                  " were gone and have been created again"));
}

/// Files that moved away with a renamed directory would still describe us there.
void ServiceFiles::leave(const Fd& directory) const {
    for (const char* name : {state_name, notify_name}) {
        ::unlinkat(directory.get(), name, 0);
    }
    if (is_named(directory.get(), lock_name, lock_identity_)) {
        ::unlinkat(directory.get(), lock_name, 0);
    }
}

/// It is created again with the state; what it left elsewhere is removed.
void ServiceFiles::forget_lost(std::optional<PidFile>& file, const std::string& path, bool moves) {
    if (file && (misses(file, path) || (moves && is_ours(path)))) {
        pid_files_are_late_ = pid_files_are_late_ || file->is_in_place();
        file.reset();
    }
}

void ServiceFiles::note_written(const State& state) {
    written_ = state;
    second_.follow(state);
}

void ServiceFiles::write(const State& state) {
    if (written_ == state) {
        return;
    }
    second_.follow(state);
    write_state(directory_.get(), state);
    written_ = state;
}

void ServiceFiles::publish(const State& state) {
    if (written_ == state && !pid_files_are_late_) {
        return;
    }
    const bool found = find_place(); // if there is none yet, the one that we have is used
    try {
        if (pid_files_are_late_) {
            draft_pid_files(launcher_, main_);
            put_pid_files_in_place();
            pid_files_are_late_ = false;
        }
    } catch (const OsError& error) {
        report_error(error);
    }
    try {
        write(state);
        if (found && !pid_files_are_late_ && std::exchange(failing_, false)) {
            log_.write(LOG_NOTICE, concat(plan_.name, ": its files can be written again"));
        }
    } catch (const OsError& error) {
        report_error(error);
    }
}

bool ServiceFiles::find_place() {
    try {
        if (lock_ && (watches_ || failing_) && !is_whole()) {
            restore();
        }
        return true;
    } catch (const OsError& error) {
        if (error.error() == EWOULDBLOCK) {
            quiet_.set(after(monotonic_now(), quiet_time)); // a command may hold it
        } else {
            report_error(error);
        }
        return false;
    }
}

void ServiceFiles::put_off(const OsError& error) {
    pid_files_are_late_ = true;
    report_error(error);
}

void ServiceFiles::report_error(const OsError& error) {
    if (!std::exchange(failing_, true)) {
        log_.write(LOG_ERR, concat(plan_.name, ": ", error.what()));
    }
}

/// The directory of a pid file: usually the one that we have open. Not a duplicate, since closing
/// that would end `signal_losses`.
Fd ServiceFiles::open_parent(const std::string& file) const {
    const std::string directory = split_path(file).first;
    return directory == plan_.paths.directory
               ? Fd(checked(::openat(directory_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                            "cannot open", directory))
               : open_directory(directory, false);
}

void ServiceFiles::draft_pid_files(int launcher, int main) {
    launcher_ = launcher;
    main_ = main;
    if (!pid_file_) {
        pid_file_.emplace(open_parent(plan_.paths.pid_file), plan_.paths.pid_file, launcher);
    }
    if (!service_pid_file_ && !plan_.paths.service_pid_file.empty() && main > 0) {
        service_pid_file_.emplace(open_parent(plan_.paths.service_pid_file),
                                  plan_.paths.service_pid_file, main);
    }
}

void ServiceFiles::put_pid_files_in_place() {
    if (pid_file_) {
        pid_file_->put_in_place();
    }
    if (service_pid_file_) {
        service_pid_file_->put_in_place();
    }
}

void ServiceFiles::finish() {
    remove_pid_files();
    has_notify_name_ = false;
}

void ServiceFiles::remove_pid_files() {
    pid_files_are_late_ = false;
    remove(pid_file_, left_pid_file_);
    remove(service_pid_file_, left_service_pid_file_);
}

void ServiceFiles::forget_service_pid() {
    remove(service_pid_file_, left_service_pid_file_);
    main_ = 0;
}

void ServiceFiles::remove(std::optional<PidFile>& file, bool& left) {
    if (!file) {
        return;
    }
    try {
        file->remove();
        left = false;
    } catch (const OsError& error) {
        left = true;
        log_.write(LOG_ERR, concat(plan_.name, ": ", error.what()));
    }
    file.reset();
}

} // namespace amphid
