// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/service_files.h"

#include "base/text.h"
#include "os/os_error.h"

#include <fcntl.h>
#include <utility>

namespace amphid {

void ServiceFiles::write(const State& state) {
    if (written_ == state) {
        return;
    }
    write_state(directory_.get(), state);
    written_ = state;
    if (std::exchange(failing_, false)) {
        log_.write(LOG_NOTICE, concat(plan_.name, ": the state can be written again"));
    }
}

void ServiceFiles::publish(const State& state) {
    try {
        write(state);
    } catch (const OsError& error) {
        if (!std::exchange(failing_, true)) {
            log_.write(LOG_ERR, concat(plan_.name, ": ", error.what()));
        }
    }
}

/// The directory of a pid file: most often the one that we hold already.
Fd ServiceFiles::open_parent(const std::string& file) const {
    const std::string directory = split_path(file).first;
    return directory == plan_.paths.directory
               ? Fd(checked(::fcntl(directory_.get(), F_DUPFD_CLOEXEC, 3), "cannot open",
                            directory))
               : open_directory(directory, false);
}

void ServiceFiles::draft_pid_files(int launcher, int main) {
    if (!pid_file_) {
        pid_file_.emplace(open_parent(plan_.paths.pid_file), plan_.paths.pid_file, launcher);
    }
    if (!service_pid_file_ && !plan_.paths.service_pid_file.empty() && main > 0) {
        service_pid_file_.emplace(open_parent(plan_.paths.service_pid_file),
                                  plan_.paths.service_pid_file, main);
    }
}

void ServiceFiles::put_pid_files_in_place() {
    pid_file_->put_in_place();
    if (service_pid_file_) {
        service_pid_file_->put_in_place();
    }
}

void ServiceFiles::remove_pid_files() {
    pid_file_.reset();
    service_pid_file_.reset();
}

} // namespace amphid
