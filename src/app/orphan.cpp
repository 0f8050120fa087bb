// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/orphan.h"

#include "app/confine.h"
#include "app/console.h"
#include "app/progress.h"
#include "app/start.h"
#include "base/signal_name.h"
#include "base/text.h"
#include "os/detach.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/process.h"
#include "os/read_host.h"
#include "os/signals.h"
#include "os/watch.h"
#include "os/work_as.h"
#include "supervisor/run.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <functional>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amphid {

namespace {

/// An invalid file must not prevent a service from being stopped.
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
        confine(plan, host);
    } catch (const Failure& failure) {
        print_error(concat(failure.what(), ": stopping ", service.name,
                           " without its exec-stop and exec-stop-post commands"));
        commands_of(plan, CommandList::exec_stop).clear();
        commands_of(plan, CommandList::exec_stop_post).clear();
        commands_of(plan, CommandList::on_success).clear();
        commands_of(plan, CommandList::on_failure).clear();
        plan.policy.ignored_failures = {};
    }
    return plan;
}

/// A launcher that only stops the service, with its own signals and process tree.
void run_stop(const KnownService& service, const State& orphan, Fd lock) {
    const Host host = read_host();
    hide_inherited_descriptors();
    ::umask(0022);
    Handles handles;
    handles.directory = open_runtime_directory(service.directory);
    handles.orphan = std::make_unique<const State>(orphan);
    handles.lock = std::move(lock);
    handles.second_record = service.second_record;
    const Plan plan = plan_to_stop_by(service, host, orphan);
    tidy_after_launcher(service.directory, handles.directory, &orphan,
                        {plan.paths.pid_file, plan.paths.service_pid_file});
    open_notify_socket(plan, handles);
    handles.stops_orphan = true;
    handles.signals = open_signals();
    handles.log = Log(Log::Sink::syslog);
    State state = orphan;
    state.launcher = {};
    run(plan, std::move(state), std::move(handles));
}

/// Waits while another command stops it; false if it has a launcher by now: another command has
/// taken it over or started it again. Throws Failure if that takes longer than a stop may.
bool acquire(Lock& lock, const KnownService& service) {
    Watch watch(service.directory);
    const TimeSpan longest = longest_stop(service);
    const Patience patience(longest);
    while (!lock.try_acquire()) {
        if (glance_at(service.directory).launcher) {
            return false;
        }
        if (patience.is_over()) {
            throw Failure(ExitCode::failure,
                          concat(service.name, ": another command has been stopping it for ",
                                 format_time_span(longest), "; it holds ", service.directory, '/',
                                 lock_name));
        }
        constexpr int longest_ms = 500; // the directory may be replaced meanwhile
        watch.wait({}, longest_ms);
    }
    return true;
}

/// Takes the lock, and checks that processes are left.
int take_and_stop(const KnownService& service) {
    const Fd directory = open_runtime_directory(service.directory);
    Lock lock(directory.get());
    if (!acquire(lock, service)) {
        return code_of(ExitCode::success);
    }
    Running now;
    now.found = find_state(directory);
    if (const auto orphan = find_orphan(now)) {
        on_behalf_of(service.name, [&] { run_stop(service, *orphan, lock.take()); });
    }
    return code_of(ExitCode::success);
}

/// Does that in a child that does not outlive us: what it leaves can be found again.
int in_a_child(const std::string& name, const std::function<int()>& work) {
    constexpr std::size_t needed = 16; // without them no process could be signalled
    reserve_descriptors(needed, "cannot stop", name);
    const pid_t parent = ::getpid();
    const pid_t child = checked(::fork(), "cannot fork a process that stops", name);
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        ::_exit(::getppid() == parent ? report_failures(work) : code_of(ExitCode::failure));
    }
    Progress progress(concat(name, ": waiting for its remaining processes to stop"));
    const Fd end(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
    while (end && !await_end(end, progress.interval_ms())) {
        progress.show();
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// What another user's state names may only be acted on with that user's rights.
int as_owner(uid_t owner, const std::string& name, const std::function<int()>& work) {
    if (::geteuid() != 0) {
        throw OsError("cannot stop", concat(name, ", a service of UID ", owner), EPERM);
    }
    return work_as(
        owner, [&] { return report_failures(work); },
        [](std::string_view text) { write_all(STDERR_FILENO, printable(text, true)); });
}

/// From the process that tried to stop it; it has printed the reason.
void require_success(int code, const std::string& name) {
    if (code == code_of(ExitCode::success)) {
        return;
    }
    if (code <= code_of(ExitCode::not_running)) {
        throw Failure(static_cast<ExitCode>(code), "");
    }
    constexpr int signals = 128;
    throw Failure(ExitCode::failure,
                  concat(name, ": the process stopping it ",
                         code > signals ? concat("was killed by ", signal_name(code - signals))
                                        : concat("exited with code ", code)));
}

} // namespace

void stop_orphan(const KnownService& service, const Running& running) {
    const uid_t owner = running.found->owner;
    const auto work = [&] { return take_and_stop(service); };
    require_success(owner == ::geteuid() ? in_a_child(service.name, work)
                                         : as_owner(owner, service.name, work),
                    service.name);
}

TimeSpan longest_stop(const KnownService& service) {
    const Policy policy = policy_of(service);
    TimeSpan out = sum(sum(policy.drain, policy.timeout_abort), grace);
    const ServiceTable table = service.config ? service.config->service : ServiceTable();
    const std::size_t hooks =
        table.exec_stop.list.size() + table.exec_stop_post.list.size() +
        2 * std::max(table.on_success.list.size(), table.on_failure.list.size());
    constexpr std::size_t signals = 4; // kill-signal and SIGKILL, before and after exec-stop-post
    for (std::size_t i = 0; i < hooks + signals; ++i) {
        out = sum(out, policy.timeout_stop);
    }
    return out;
}

void stop_orphan_under_lock(const KnownService& service, const State& orphan) {
    require_success(in_a_child(service.name,
                               [&] {
                                   on_behalf_of(service.name,
                                                [&] { run_stop(service, orphan, {}); });
                                   return code_of(ExitCode::success);
                               }),
                    service.name);
}

} // namespace amphid
