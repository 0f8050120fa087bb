// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/orphan.h"

#include "app/console.h"
#include "app/start.h"
#include "base/signal_name.h"
#include "base/text.h"
#include "os/detach.h"
#include "os/os_error.h"
#include "os/read_host.h"
#include "os/signals.h"
#include "supervisor/run.h"

#include <cerrno>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

namespace {

/// What another user wrote down may be done with that user's rights only.
void become_owner(uid_t owner) {
    if (owner == ::geteuid()) {
        return;
    }
    if (::geteuid() != 0) {
        throw OsError("cannot stop", "the service of another user", EPERM);
    }
    const passwd* user = ::getpwuid(owner);
    if (user == nullptr) {
        throw OsError("cannot stop", concat("a service of UID ", owner), "no such user", EPERM);
    }
    checked(::initgroups(user->pw_name, user->pw_gid), "cannot become", "its user");
    checked(::setresgid(user->pw_gid, user->pw_gid, user->pw_gid), "cannot become", "its user");
    checked(::setresuid(owner, owner, owner), "cannot become", "its user");
}

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

} // namespace

void stop_orphan(const KnownService& service, const Running& running) {
    become_owner(running.found->owner);
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
        return; // it has ended meanwhile
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
}

} // namespace amphid
