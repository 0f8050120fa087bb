// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/stop.h"

#include "app/commands.h"
#include "app/console.h"
#include "app/start.h"
#include "base/text.h"
#include "os/os_error.h"
#include "os/process.h"
#include "os/read_host.h"

#include <csignal>
#include <unistd.h>

namespace amphid {

void refuse_unsupervised(const Running& running) {
    if (running.found && open_process(running.found->state.main)) {
        throw Failure(ExitCode::failure, words_of_an_orphan(running.found->state));
    }
}

namespace {

/// What a killed launcher left of itself.
void tidy_up(const Running& running) {
    if (running.found && running.found->owner == ::geteuid() &&
        is_active(running.found->state.state)) {
        remove_stale_pid_file(running.found->state.pid_file, running.found->state.launcher.pid);
    }
}

/// "Not running" is only said of what is known.
void refuse_unbelievable(const KnownService& service, const Running& running) {
    const std::string file = concat(service.directory, '/', state_name);
    if (!running.found && ::access(file.c_str(), F_OK) == 0) {
        throw Failure(ExitCode::failure,
                      concat(service.name, ": its state, ", file, ", cannot be read or believed"));
    }
}

} // namespace

void stop_launcher(const KnownService& service, Running running) {
    if (!send_signal_as(running.found->owner, running.launcher, SIGTERM) && errno != ESRCH) {
        throw OsError("cannot stop",
                      concat(service.name, ", PID ", running.found->state.launcher.pid));
    }
    running = await(service.directory, std::move(running),
                    concat(service.name, ": waiting until it has stopped"),
                    [](const Running&) { return false; });
    if (running.found && !running.found->state.survivors.empty()) {
        throw Failure(ExitCode::failure, concat(service.name, ": SIGKILL did not end PID ",
                                                running.found->state.survivors));
    }
    refuse_unsupervised(running);
}

int run_stop(const Arguments& arguments) {
    const Host host = read_host();
    const KnownService service = find_service(arguments.operands.front(), host);
    Running running = look_at(service.directory);
    if (!running.launcher) {
        refuse_unsupervised(running);
        refuse_unbelievable(service, running);
        tidy_up(running);
        print(concat(service.name, ": not running\n"));
        return code_of(ExitCode::success);
    }
    if (!is_control_process(running, host) && is_systemds(running)) {
        return delegate(running, "stop");
    }
    stop_launcher(service, std::move(running));
    print(concat(service.name, ": stopped\n"));
    return code_of(ExitCode::success);
}

int run_restart(const Arguments& arguments) {
    const Host host = read_host();
    const std::string& word = arguments.operands.front();
    const KnownService service = find_service(word, host);
    Running running = look_at(service.directory);
    if (!is_control_process(running, host) && is_systemds(running)) {
        return delegate(running, "restart");
    }
    load(service.file, host); // a service is not stopped for a file that cannot start it again
    if (running.launcher && running.found->state.mode == Mode::foreground) {
        throw Failure(ExitCode::failure, concat(service.name, ": runs in the foreground of PID ",
                                                running.found->state.launcher.pid,
                                                "; stop it and start it there again"));
    }
    if (!running.launcher) {
        return start_service(word, Asked::nothing);
    }
    stop_launcher(service, std::move(running));
    return start_service(word, Asked::daemon); // as it was started
}

} // namespace amphid
