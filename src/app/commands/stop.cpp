// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/narrator.h"
#include "app/orphan.h"
#include "app/start.h"
#include "app/started_service.h"
#include "app/unit_job.h"
#include "app/unit_start.h"
#include "app/unrecorded.h"
#include "base/text.h"
#include "os/cgroup.h"
#include "os/detach.h"
#include "os/files.h"
#include "os/kernel.h"
#include "os/os_error.h"
#include "os/process.h"
#include "os/read_host.h"
#include "os/second_record.h"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace amphid {

namespace {

/// The files besides the state that name a process, as far as known.
std::string service_pid_file_of(const KnownService& service) {
    return service.config ? service.config->launcher.service_pid_file.text : std::string();
}

void require_no_pid_file(const KnownService& service, const std::string& file, int pid) {
    if (pid > 0 && !file.empty() &&
        read_small_file(AT_FDCWD, file.c_str(), 64) == concat(pid, '\n')) {
        throw Failure(ExitCode::failure, concat(service.name, ": stopped, but its pid file, ", file,
                                                ", cannot be removed"));
    }
}

/// Readers would take another process for the service.
void require_no_pid_files(const KnownService& service, const State& state, int main) {
    require_no_pid_file(service, state.pid_file, answering(state).pid);
    require_no_pid_file(service, service_pid_file_of(service), main);
}

/// Removes a killed launcher's files, unless another process is doing that.
void tidy_up(const KnownService& service, const Running& running) {
    if (!running.found || running.found->owner != ::geteuid()) {
        return;
    }
    const Fd directory = look_into_directory(service.directory);
    Lock lock(directory.get());
    if (directory && lock.try_acquire()) {
        tidy_after_launcher(service.directory, directory, &running.found->state,
                            {service_pid_file_of(service)});
        Cgroup::open(running.found->state.cgroup).remove();
        remove_second_record(service.second_record);
    }
    require_no_pid_files(service, running.found->state, running.found->state.main.pid);
}

/// "Not running" is only said if that is certain.
void refuse_unbelievable(const KnownService& service, const Running& running) {
    const std::string file = concat(service.directory, '/', state_name);
    if (!running.found && !is_absent(file)) {
        throw Failure(ExitCode::failure, concat(service.name, ": its state file ", file,
                                                " cannot be read or trusted"));
    }
    if (!running.found && is_locked(service.directory)) {
        throw Failure(ExitCode::failure,
                      concat(service.name, ": somebody holds ", service.directory, '/', lock_name,
                             ", so it runs or is about to, but there is no ", file));
    }
}

/// `main`: the main process before the stop. Another command may have started it again since.
std::string end_of_stop(const KnownService& service, const Running& running, int main) {
    if (!running.found || running.launcher) {
        return {};
    }
    if (const auto orphan = find_orphan(running)) {
        throw Failure(ExitCode::failure, orphan_message(*orphan));
    }
    const State& state = running.found->state;
    if (!state.survivors.empty()) {
        throw Failure(ExitCode::failure,
                      concat(service.name, ": could not kill PID ", state.survivors));
    }
    require_no_pid_files(service, state, main);
    return state.left_running;
}

void print_stopped(const Narrator& narrator, const std::string& left) {
    narrator.result(concat("stopped", left.empty() ? "" : concat("; left running: PID ", left)));
}

/// If nothing of it runs: removes the files of a killed launcher.
int stop_nothing(const KnownService& service, const Running& running, const Narrator& narrator) {
    if (!service.taken.empty()) {
        narrator.result(concat("not running; ", service.taken));
        return code_of(ExitCode::success);
    }
    refuse_unbelievable(service, running);
    if (const std::string left = running.found ? living_survivors(*running.found) : "";
        !left.empty()) {
        throw Failure(ExitCode::failure, concat(service.name, ": could not kill PID ", left));
    }
    refuse_unrecorded({service.name, service.directory, service.second_record},
                      running.found.has_value());
    if (service.misread && !running.found) {
        throw Failure(ExitCode::not_configured,
                      concat(service.name, ": ", service.file.path,
                             " cannot be read or has mistakes, so it is unknown where it would "
                             "run; see `amphid check ",
                             service.file.path, '`'));
    }
    tidy_up(service, running);
    if (!running.found) {
        remove_dead_record(service.second_record); // nobody holds the lock: see refuse_unbelievable
    }
    narrator.result("not running");
    return code_of(ExitCode::success);
}

/// Asks the launcher itself to stop and waits until it has ended; `restart`: another start follows.
/// Returns the processes that it left running on purpose, from the state. Throws Failure.
std::string stop_launcher(const KnownService& service, Running running, bool restart,
                          Narrator& narrator) {
    const int main = running.found->state.main.pid;
    if (!send_signal_as(running.found->owner, running.launcher, SIGTERM,
                        restart ? restart_word : stop_word) &&
        errno != ESRCH) {
        throw OsError("cannot stop",
                      concat(service.name, ", PID ", running.found->state.launcher.pid));
    }
    narrator.step(concat("sent SIGTERM to its launcher, PID ", running.found->state.launcher.pid));
    const TimeSpan longest = longest_stop(service);
    running = await(service.directory, std::move(running),
                    {concat(service.name, ": waiting for it to stop"),
                     [](const Running&) { return false; }, longest,
                     [](const Running& now) { return is_stopping(now.found->state.state); },
                     [&](const Running& now) { narrator.see(now); }});
    if (running.launcher) {
        throw Failure(ExitCode::failure,
                      concat(service.name, ": not stopped: its launcher, PID ",
                             running.found->state.launcher.pid, ", is still alive after ",
                             format_time_span(longest), " and did not update ", service.directory,
                             '/', state_name));
    }
    running = glance_at(service.directory);
    if (find_orphan(running)) {
        // It was killed before or during the stop.
        stop_orphan(service, running);
        running = glance_at(service.directory);
        if (running.launcher) {
            return stop_launcher(service, std::move(running), restart, narrator);
        }
    }
    return end_of_stop(service, running, main);
}

} // namespace

int run_stop(const Arguments& arguments) {
    require_process_handles();
    const Host host = read_host();
    const KnownService service = find_started_service(arguments.operands.front(), host);
    require_known(service, host);
    Running running = look_at(service);
    Narrator narrator(arguments.volume, service.name);
    if (service.taken.empty() && find_orphan(running)) {
        const int main = running.found->state.main.pid;
        if (!is_control_process(running, host) && is_systemds(running)) {
            return delegate(running, "stop", narrator);
        }
        narrator.step(running.found->state.supervised
                          ? "its launcher was killed; stopping what is left of it"
                          : "it is not supervised; stopping it from here");
        stop_orphan(service, running);
        running = glance_at(service.directory);
        if (!running.launcher) {
            print_stopped(narrator, end_of_stop(service, running, main));
            return code_of(ExitCode::success);
        }
    }
    if (!running.launcher) {
        return stop_nothing(service, running, narrator);
    }
    if (!is_control_process(running, host) && is_systemds(running)) {
        return delegate(running, "stop", narrator);
    }
    print_stopped(narrator, stop_launcher(service, std::move(running), false, narrator));
    return code_of(ExitCode::success);
}

namespace {

/// As many descriptors as the new launcher will need; checked while the old one still runs its
/// service.
std::vector<Fd> reserve_for_start(const KnownService& service, const Running& running) {
    constexpr std::size_t to_begin_with = 8; // those closed again once the service runs
    constexpr std::size_t usual = 16;
    const auto used = names_in(concat("/proc/", running.found->state.launcher.pid, "/fd")).size();
    return reserve_descriptors(std::max(used, usual) + to_begin_with, "cannot restart",
                               service.name);
}

int restart_unit(const KnownService& service, const State& state, bool retries) {
    return run_unit_job({state.manager, state.unit, service.name, service.directory, retries},
                        "restart");
}

/// For a service that systemd, or any later start, will start again.
int restart_leftover(const KnownService& service, const Running& running, const std::string& word,
                     StartOptions options) {
    const State& state = running.found->state;
    if (state.mode == Mode::foreground && !state.unit.empty() &&
        ask_systemctl(state.manager, state.unit, "LoadState") == "loaded") {
        stop_orphan(service, running);
        return restart_unit(service, state, options.retries);
    }
    options.asked = state.mode == Mode::daemon ? Asked::daemon : Asked::nothing;
    const auto start = prepare_start(word, options);
    check_places(*start);
    reserve_for_start(service, running);
    hold_sockets(*start, state.main);
    stop_orphan(service, running);
    return start_prepared(*start);
}

} // namespace

int run_restart(const Arguments& arguments) {
    require_process_handles();
    const Host host = read_host();
    const std::string& word = arguments.operands.front();
    const KnownService service = find_started_service(word, host);
    Running running = look_at(service);
    Narrator narrator(arguments.volume, service.name);
    load(service.file, host); // do not stop a service that the file could not start again
    if (!is_control_process(running, host) && is_systemds(running)) {
        narrator.step(concat("systemctl restart ", running.found->state.unit));
        return restart_unit(service, running.found->state, arguments.retries);
    }
    StartOptions how{
        .retries = arguments.retries, .volume = arguments.volume, .begin = narrator.begin()};
    if ((running.launcher || runs_unsupervised(running)) &&
        running.found->state.mode == Mode::foreground) {
        throw Failure(ExitCode::failure, concat(service.name, ": runs in the foreground of PID ",
                                                answering(running.found->state).pid,
                                                "; stop it and start it there again"));
    }
    if (!running.launcher && !find_orphan(running)) {
        const auto code = start_generated_unit(word, arguments.retries, arguments.volume);
        return code ? *code : start_service(word, how);
    }
    if (!running.launcher) {
        return restart_leftover(service, running, word, how);
    }
    // The same for anything else that the start would refuse.
    how.asked = Asked::daemon; // as before
    const auto start = prepare_start(word, how);
    check_places(*start);
    hold_sockets(*start, running.found->state.launcher);
    {
        const std::vector<Fd> reserve = reserve_for_start(service, running);
        stop_launcher(service, std::move(running), true, narrator);
    }
    return start_prepared(*start);
}

} // namespace amphid
