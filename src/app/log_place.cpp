// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_place.h"

#include "app/console.h"
#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/runtime_files.h"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

/// True if a launcher holds its lock on that file: nobody else uses flock(2) on a log.
bool has_writer(const std::string& path) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    return file && ::flock(file.get(), LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
}

/// True if the process has this file open.
bool has_open(int pid, const struct stat& file) {
    const std::string directory = concat("/proc/", pid, "/fd");
    for (const int number : numbers_in(directory)) {
        struct stat st {};
        if (::stat(concat(directory, '/', number).c_str(), &st) == 0 && st.st_dev == file.st_dev &&
            st.st_ino == file.st_ino) {
            return true;
        }
    }
    return false;
}

/// The service beside ours whose launcher has the file open.
std::optional<State> user_of_file(const struct stat& file, const Plan& plan) {
    const std::string base = split_path(plan.paths.directory).first;
    for (const std::string& name : names_in(base)) {
        const auto found = find_state(concat(base, '/', name));
        if (found && found->state.launcher.pid > 0 && has_open(found->state.launcher.pid, file)) {
            return found->state;
        }
    }
    return std::nullopt;
}

} // namespace

void refuse_shared_log(const Plan& plan) {
    const LogSettings& log = plan.context.log;
    struct stat st {};
    if (log.path.empty() || log.is_default || ::stat(log.path.c_str(), &st) < 0 ||
        !S_ISREG(st.st_mode)) {
        return;
    }
    if (!has_writer(log.path)) {
        return;
    }
    const auto other = user_of_file(st, plan);
    throw Failure(ExitCode::not_configured,
                  concat(plan.name, ": cannot use ", log.path, " as its log: ",
                         !other ? std::string("another service writes to it")
                                : concat("it is the log of ", other->name, " (PID ",
                                         other->launcher.pid, ')')));
}

void do_without_unusable_log(Plan& plan, Log& log) {
    ExecContext& context = plan.context;
    if (!context.log.is_default) {
        return;
    }
    const std::string directory = split_path(context.log.path).first;
    if (::access(directory.c_str(), W_OK | X_OK) == 0) {
        return;
    }
    try {
        open_directory(directory, true);
    } catch (const OsError& error) {
        log.write(LOG_WARNING,
                  concat(plan.name, ": its output is not kept: ", error.what(),
                         "; set [log] file, or standard-output = \"null\" for silence"));
        if (context.standard_error.kind == OutputKind::log) {
            context.standard_error = {}; // the last words are kept
            context.error_joins_output = false;
        }
        context.standard_output = {OutputKind::null, {}};
        context.log = {};
    }
}

} // namespace amphid
