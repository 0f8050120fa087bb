// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/orphan.h"

#include "app/console.h"
#include "app/start.h"
#include "base/signal_name.h"
#include "base/text.h"
#include "os/detach.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/read_host.h"
#include "os/signals.h"
#include "os/work_as.h"
#include "supervisor/run.h"

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

/// A file that has become unusable must not keep a service alive.
Config config_to_stop_by(const KnownService& service, const Host& host) {
    try {
        return load(service.file, host);
    } catch (const Failure& failure) {
        const Config defaults;
        print_error(concat(*failure.what() == '\0' ? service.file.path : failure.what(),
                           ": stopping ", service.name, " with ",
                           signal_name(defaults.service.kill_signal.number),
                           " and the other defaults"));
        return defaults;
    }
}

Plan plan_to_stop_by(const KnownService& service, const Host& host, const State& left) {
    Config config = config_to_stop_by(service, host);
    if (config.service.exec_start.list.empty()) {
        config.service.exec_start.list.push_back({"/", {"unknown"}});
    }
    Plan plan = make_plan(config, service.file, host,
                          decide_mode(host, Asked::daemon, ModeChoice::automatic));
    plan.detach = false;
    plan.announce = Announce::nobody;
    plan.name = left.name;
    plan.paths.directory = service.directory;
    plan.paths.pid_file = left.pid_file;
    try {
        prepare_execution(plan, host);
    } catch (const Failure& failure) {
        print_error(concat(failure.what(), ": stopping ", service.name, " without its hooks"));
        commands_of(plan, CommandList::exec_stop).clear();
        commands_of(plan, CommandList::exec_stop_post).clear();
        plan.policy.ignored_failures = {};
    }
    return plan;
}

int stop_ours(const KnownService& service) {
    const Host host = read_host();
    hide_inherited_descriptors();
    ::umask(0022);
    Handles handles;
    handles.directory = open_runtime_directory(service.directory);
    Lock lock(handles.directory.get());
    if (!lock.try_acquire()) {
        throw Failure(ExitCode::failure,
                      concat(service.name, ": another command is taking care of it"));
    }
    Running now;
    now.found = find_state(handles.directory);
    handles.orphan = find_orphan(now);
    if (!handles.orphan) {
        return code_of(ExitCode::success); // it has ended meanwhile
    }
    const Plan plan = plan_to_stop_by(service, host, *handles.orphan);
    handles.lock = lock.take();
    tidy_after_launcher(handles.directory, &*handles.orphan);
    open_notify_socket(plan, handles);
    handles.stops_orphan = true;
    handles.signals = open_signals();
    handles.log = Log(Log::Sink::syslog);
    State state = *handles.orphan;
    state.launcher = {};
    run(plan, std::move(state), std::move(handles));
    return code_of(ExitCode::success);
}

/// What another user wrote down may be done with that user's rights only.
void stop_as_owner(uid_t owner, const KnownService& service) {
    if (::geteuid() != 0) {
        throw OsError("cannot stop", concat(service.name, ", a service of UID ", owner), EPERM);
    }
    const int code = work_as(
        owner, [&] { return report_failures([&] { return stop_ours(service); }); },
        [](std::string_view text) { write_all(STDERR_FILENO, printable(text, true)); });
    if (code != code_of(ExitCode::success)) {
        const bool known = code <= code_of(ExitCode::not_running);
        throw Failure(
            known ? static_cast<ExitCode>(code) : ExitCode::failure,
            known ? "" : concat(service.name, ": the stop as UID ", owner, " ended with ", code));
    }
}

} // namespace

void stop_orphan(const KnownService& service, const Running& running) {
    const uid_t owner = running.found->owner;
    if (owner == ::geteuid()) {
        stop_ours(service);
    } else {
        stop_as_owner(owner, service);
    }
}

} // namespace amphid
