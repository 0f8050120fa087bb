// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/executor.h"

#include "base/text.h"
#include "os/os_error.h"
#include "plan/expand.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

Executor::Executor(const Plan& plan, Inherited inherited, std::string notify_address,
                   bool shares_group)
    : plan_(plan), inherited_(std::move(inherited)), notify_address_(std::move(notify_address)),
      shares_group_(shares_group) {}

Executor::Stream Executor::open_null(int access) const {
    Fd null(::open("/dev/null", access | O_NOCTTY | O_CLOEXEC));
    const int fd = null.get();
    return {fd, std::move(null), fd < 0 ? errno : 0};
}

Executor::Stream Executor::open_file(const char* path, int flags) const {
    // O_NONBLOCK: a FIFO without a reader is an error here, not a launcher that hangs.
    const mode_t before = ::umask(plan_.context.umask);
    Fd file(::open(path, O_WRONLY | O_CREAT | O_NOCTTY | O_CLOEXEC | O_NONBLOCK | flags, 0666));
    const int error = errno;
    ::umask(before);
    if (!file || ::fcntl(file.get(), F_SETFL, flags & O_APPEND) < 0) {
        return {-1, {}, file ? errno : error};
    }
    const int fd = file.get();
    return {fd, std::move(file), 0};
}

Executor::Stream Executor::open_stream(const Output& output, int inherited) const {
    switch (output.kind) {
    case OutputKind::automatic:
    case OutputKind::null:
        return open_null(O_WRONLY);
    case OutputKind::inherit:
        return {inherited, {}, 0};
    case OutputKind::file:
        return open_file(output.path.c_str(), 0);
    case OutputKind::append:
        return open_file(output.path.c_str(), O_APPEND);
    case OutputKind::truncate:
        return open_file(output.path.c_str(), O_TRUNC);
    }
    return {};
}

Spawned Executor::open_streams() {
    input_ = open_null(O_RDONLY);
    if (input_.error != 0) {
        return {0, ExecStage::stdin_, input_.error};
    }
    output_ =
        open_stream(plan_.context.standard_output, inherited_.output ? inherited_.output.get() : 1);
    if (output_.error != 0) {
        return {0, ExecStage::stdout_, output_.error};
    }
    const bool piped = plan_.context.standard_error.kind == OutputKind::automatic;
    if (plan_.context.error_joins_output) {
        error_ = Stream{output_.fd, {}, 0};
    } else if (piped) {
        error_ = Stream{last_words_.open_pipe(), {}, 0};
    } else {
        error_ = open_stream(plan_.context.standard_error,
                             inherited_.error ? inherited_.error.get() : 2);
    }
    if (error_.error != 0) {
        return {0, ExecStage::stderr_, error_.error};
    }
    const Output& words = plan_.context.error_joins_output ? plan_.context.standard_output
                                                           : plan_.context.standard_error;
    last_words_.begin_file(words.kind >= OutputKind::file ? error_.fd : -1);
    request_.stdio = {input_.fd, output_.fd, error_.fd};
    return {};
}

namespace {

/// systemd, service_exec_needs_notify_socket(): hooks are heard from "exec" on.
bool hears(NotifyAccess access, CommandList list) {
    return list == CommandList::exec_start ? access != NotifyAccess::none
                                           : access >= NotifyAccess::exec;
}

} // namespace

Environment Executor::environment(CommandList list, const Environment& own) const {
    Environment out = plan_.context.environment;
    for (const std::string& assignment : own) {
        const auto equals = assignment.find('=');
        set_variable(out, assignment.substr(0, equals), assignment.substr(equals + 1));
    }
    if (!notify_address_.empty() && hears(plan_.notify_access, list)) {
        set_variable(out, "NOTIFY_SOCKET", notify_address_);
    }
    if (plan_.manager != Manager::none) {
        set_variable(out, "SYSTEMD_EXEC_PID", SpawnRequest::pid_placeholder);
    }
    return out;
}

void Executor::prepare(const Command& command, CommandList list, const Environment& own) {
    try {
        refused_ = open_streams();
    } catch (const OsError& error) {
        refused_ = {0, ExecStage::stderr_, error.error()};
    }
    request_.program = command.path;
    request_.environment = environment(list, own);
    request_.argv = expand_argv(command, request_.environment);
    request_.working_directory = plan_.context.working_directory;
    request_.umask = plan_.context.umask;
    // A hook is ended on its own where it takes too long.
    request_.own_process_group = list != CommandList::exec_start || !shares_group_;
}

Spawned Executor::start(Record& record) {
    if (refused_.error != 0) {
        return refused_;
    }
    const Spawned spawned = spawn(request_, record);
    // The service has them; only a file is kept, for the words in it.
    input_ = {};
    if (plan_.context.standard_output.kind < OutputKind::file) {
        output_ = {};
    }
    if (plan_.context.standard_error.kind < OutputKind::file) {
        error_ = {};
    }
    return spawned;
}

} // namespace amphid
