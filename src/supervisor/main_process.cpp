// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/main_process.h"

#include "base/text.h"
#include "plan/expand.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace amphid {

MainProcess::MainProcess(const Plan& plan, Inherited inherited, std::string notify_address)
    : plan_(plan), inherited_(std::move(inherited)), notify_address_(std::move(notify_address)) {}

MainProcess::Stream MainProcess::open_stream(const Output& output, int inherited) const {
    int flags = 0;
    switch (output.kind) {
    case OutputKind::automatic:
    case OutputKind::null:
        return {null_.get(), {}, 0};
    case OutputKind::inherit:
        return {inherited, {}, 0};
    case OutputKind::file:
        break;
    case OutputKind::append:
        flags = O_APPEND;
        break;
    case OutputKind::truncate:
        flags = O_TRUNC;
        break;
    }
    // O_NONBLOCK: a FIFO without a reader is an error here, not a launcher that hangs.
    Fd file(::open(output.path.c_str(),
                   O_WRONLY | O_CREAT | O_NOCTTY | O_CLOEXEC | O_NONBLOCK | flags,
                   0666 & ~plan_.umask));
    if (!file || ::fcntl(file.get(), F_SETFL, flags & O_APPEND) < 0) {
        return {-1, {}, errno};
    }
    const int fd = file.get();
    return {fd, std::move(file), 0};
}

Spawned MainProcess::open_streams(SpawnRequest& request) {
    if (!null_) {
        null_ = Fd(::open("/dev/null", O_RDWR | O_NOCTTY | O_CLOEXEC));
        if (!null_) {
            return {0, ExecStage::stdin_, errno};
        }
    }
    output_ = open_stream(plan_.standard_output, inherited_.output ? inherited_.output.get() : 1);
    if (output_.error != 0) {
        return {0, ExecStage::stdout_, output_.error};
    }
    const bool piped = plan_.standard_error.kind == OutputKind::automatic;
    if (plan_.error_joins_output) {
        error_ = Stream{output_.fd, {}, 0};
    } else if (piped) {
        error_ = Stream{last_words_.open_pipe(), {}, 0};
        last_words_.begin_pipe();
    } else {
        error_ = open_stream(plan_.standard_error, inherited_.error ? inherited_.error.get() : 2);
    }
    if (error_.error != 0) {
        return {0, ExecStage::stderr_, error_.error};
    }
    const bool to_file = error_.file || (plan_.error_joins_output && output_.file);
    last_words_.begin_file(to_file ? error_.fd : -1);
    request.stdio = {null_.get(), output_.fd, error_.fd};
    return {};
}

std::vector<std::string> MainProcess::environment(const std::string& invocation_id) const {
    Environment out = plan_.environment;
    if (!plan_.keep_invocation_id) {
        set_variable(out, "INVOCATION_ID", invocation_id);
    }
    if (!notify_address_.empty()) {
        set_variable(out, "NOTIFY_SOCKET", notify_address_);
    }
    if (plan_.manager != Manager::none) {
        set_variable(out, "SYSTEMD_EXEC_PID", SpawnRequest::pid_placeholder);
    }
    return out;
}

Spawned MainProcess::start(const std::string& invocation_id, Record& record) {
    SpawnRequest request;
    const Spawned refused = open_streams(request);
    if (refused.error != 0) {
        return refused;
    }
    request.program = plan_.exec_start.path;
    request.environment = environment(invocation_id);
    request.argv = expand_argv(plan_.exec_start, request.environment);
    request.working_directory = plan_.working_directory;
    request.umask = plan_.umask;
    return spawn(request, record);
}

} // namespace amphid
