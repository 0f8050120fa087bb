// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/executor.h"

#include "base/text.h"
#include "os/directories.h"
#include "os/environment_files.h"
#include "os/rights.h"
#include "os/shebang.h"
#include "plan/call_filter.h"
#include "plan/exec_environment.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace amphid {

namespace {

/// The label in every log is the file's name.
std::string name_of_program(const std::string& path) {
    return path.substr(path.find_last_of('/') + 1);
}

/// A check is not a main process.
struct NoRecord final : Record {
    void operator()(pid_t) noexcept override {}
};

} // namespace

Executor::Executor(const Plan& plan, Streams& streams, std::string notify_address,
                   bool shares_group)
    : plan_(plan), notify_address_(std::move(notify_address)), shares_group_(shares_group),
      streams_(streams) {}

Spawned Executor::read_environment_files() {
    EnvironmentsRead read = amphid::read_environment_files(plan_.context);
    from_files_ = std::move(read.files);
    if (read.error != 0) {
        object_ = std::move(read.object);
        return {0, ExecStage::environment, read.error};
    }
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
    Environment all = own;
    streams_.add_variables(all);
    Environment out = environment_of(plan_.context, all, from_files_);
    if (!notify_address_.empty() && hears(plan_.notify_access, list)) {
        set_variable(out, "NOTIFY_SOCKET", notify_address_);
    }
    if (plan_.manager != Manager::none) {
        set_variable(out, "SYSTEMD_EXEC_PID", SpawnRequest::pid_placeholder);
    }
    unset_variables(out, plan_.context.unset_environment);
    return out;
}

/// Checks that can fail before there is a process.
Spawned Executor::make_ready(const Command& command, CommandList list) {
    const DirectoryFailure failure = make_directories(plan_.context);
    if (failure.error != 0) {
        object_ = failure.object;
        return {0, failure.stage, failure.error};
    }
    const Spawned streams = streams_.open(request_, list, name_of_program(command.path));
    if (streams.error != 0) {
        object_ = streams_.object();
        return streams;
    }
    return read_environment_files();
}

void Executor::prepare(const Command& command, CommandList list, const Environment& own) {
    object_.clear();
    refused_ = make_ready(command, list);
    describe(request_, command, list, own);
    prepared_ = true;
}

void Executor::refuse(const Spawned& failure) {
    object_.clear();
    refused_ = failure;
    prepared_ = true;
}

bool Executor::has_lesser_rights(Privileges privileges) const {
    const auto known = lesser_rights_.find(privileges);
    return known != lesser_rights_.end()
               ? known->second
               : lesser_rights_
                     .emplace(privileges, amphid::has_lesser_rights(plan_.context, privileges))
                     .first->second;
}

void Executor::describe(SpawnRequest& request, const Command& command, CommandList list,
                        const Environment& own) const {
    request.program = command.path;
    request.environment = environment(list, own);
    request.argv = expand_argv(command, request.environment);
    request.working_directory = plan_.context.working_directory;
    request.umask = plan_.context.umask;
    request.context = &plan_.context;
    request.privileges = command.privileges;
    request.parent_death_signal = plan_.parent_death_signal;
    request.own_session = request.own_terminal || has_lesser_rights(command.privileges);
    // A hook that takes too long is killed alone.
    request.own_process_group = list != CommandList::exec_start || !shares_group_;
}

Spawned Executor::start_check(const Command& command, const Environment& own) const {
    const Fd null(::open("/dev/null", O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!null) {
        return {0, ExecStage::stdin_, errno};
    }
    SpawnRequest request;
    describe(request, command, CommandList::exec_start_post, own);
    request.stdio = {null.get(), null.get(), null.get()};
    request.cgroup = request_.cgroup;
    NoRecord record;
    return spawn(request, record);
}

/// The kernel reports "No such file or directory" also for a script whose interpreter is missing,
/// and "Exec format error" for one without a first line that names it.
void Executor::explain_exec_error(int error) {
    const bool in_root = request_.privileges != Privileges::privileged;
    const std::string root = in_root ? plan_.context.root_directory : "";
    const std::string why = error == ENOENT    ? missing_interpreter(root, request_.program)
                            : error == ENOEXEC ? unknown_format(root + request_.program)
                                               : "";
    if (!why.empty()) {
        object_ = concat(request_.program, " (", why, ')');
    }
}

Spawned Executor::start(Record& record) {
    prepared_ = false;
    if (refused_.error != 0) {
        return refused_;
    }
    const Spawned spawned = spawn(request_, record);
    streams_.release();
    if (spawned.stage == ExecStage::exec) {
        explain_exec_error(spawned.error);
    } else if (spawned.stage == ExecStage::seccomp) {
        object_ = keys_with_filter(plan_.context.sandbox.settings);
    } else if (spawned.stage == ExecStage::keyring) {
        object_ = "keyring-mode";
    } else if (spawned.stage == ExecStage::namespace_) {
        object_ = "protect-hostname";
    }
    return spawned;
}

Spawned Executor::become(Record& record) {
    prepared_ = false;
    if (refused_.error != 0) {
        return refused_;
    }
    if (streams_.has_pipes()) {
        object_ = "its output, which nobody would read";
        return {0, ExecStage::stdout_, EPIPE};
    }
    if (!plan_.detach) { // whoever started us knows us by our session and process group
        request_.gives_up_terminal = request_.own_session && !request_.own_terminal;
        request_.own_session = false;
        request_.own_process_group = false;
    }
    const Spawned failed = amphid::become(request_, record);
    if (failed.stage == ExecStage::exec) {
        explain_exec_error(failed.error);
    }
    return failed;
}

std::string log_name(const Plan& plan) {
    const auto& commands = commands_of(plan, CommandList::exec_start);
    return !plan.context.syslog_identifier.empty() ? plan.context.syslog_identifier
           : commands.empty()                      ? plan.name
                                                   : name_of_program(commands.front().path);
}

void Executor::remove_directories(bool restarts) const {
    const Preserve preserve = plan_.context.preserve_runtime;
    if (preserve == Preserve::no || (preserve == Preserve::restart && !restarts)) {
        remove_runtime_directories(plan_.context);
    }
}

} // namespace amphid
