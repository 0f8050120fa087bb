// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/signal_name.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/os_error.h"
#include "os/process.h"
#include "supervisor/supervisor.h"
#include "supervisor/variables.h"

#include <csignal>
#include <cstdint>
#include <unistd.h>
#include <utility>

// Performs the effects of the machine.

namespace amphid {

void Supervisor::perform(const BeginActivation&) {
    if (std::exchange(first_is_prepared_, false)) {
        return;
    }
    if (!activation_.out_of_resources.empty()) {
        files_.remove_pid_files(); // drafted anew
    }
    begin_activation();
    descriptors_.begin_activation();
    processes_.begin_activation();
}

void Supervisor::prepare(const Command& command, CommandList list) {
    Environment own = variables_for(list, plan_, machine_, activation_, processes_.main_pid());
    executor_.give({});
    if (list == CommandList::exec_start && !renew_sockets()) {
        return;
    }
    if (list == CommandList::exec_start) {
        descriptors_.forget_hung_up();
        descriptors_.add_variables(own);
        executor_.give(descriptors_.numbered(checks_.gifts()));
    }
    executor_.prepare(command, list, own);
}

bool Supervisor::renew_sockets() {
    try {
        descriptors_.renew_sockets();
        return true;
    } catch (const OsError& error) {
        handles_.log.write(LOG_ERR, concat(plan_.name, ": ", error.what()));
        executor_.refuse({0, ExecStage::fds, error.error()});
        return false;
    }
}

/// Starts a process in a role; the role is recorded before it executes.
Spawned Supervisor::start(const Command& command, CommandList list, Processes::Role role) {
    if (!executor_.is_prepared()) {
        prepare(command, list);
    }
    const bool is_main = role == Processes::Role::main;
    State with_gaps = projected();
    ProcessId& process = is_main ? with_gaps.main : with_gaps.control;
    process = {StateRecord::pid_gap, StateRecord::start_time_gap, with_gaps.launcher.boot_id};
    if (is_main) {
        with_gaps.lineage = processes_.lineage_to_be(process);
    }
    StateRecord record(files_.directory(), with_gaps);
    const Spawned spawned = executor_.start(record);
    if (spawned.pid == 0) {
        processes_.start_failed(role);
        return spawned;
    }
    note_started(role, spawned.pid, record);
    main_is_news_ = main_is_news_ || is_main;
    handles_.log.step([&] {
        return concat(plan_.name, ": ", name_of(list), ' ', command.path, ", PID ", spawned.pid);
    });
    attempt([this] { files_.draft_pid_files(identity_.launcher.pid, processes_.main_pid()); });
    notify_.begin();
    streams_.begin();
    return spawned;
}

void Supervisor::note_started(Processes::Role role, int pid, const StateRecord& record) {
    if (record.written()) {
        const State filled = record.filled();
        processes_.started(role, role == Processes::Role::main ? filled.main : filled.control,
                           filled.lineage);
        files_.note_written(filled);
    } else {
        const ProcessId id = identify(pid, identity_.launcher.boot_id);
        processes_.started(role, id, processes_.lineage_to_be(id));
    }
}

void Supervisor::perform(const SpawnMain& spawn) {
    const Command& command = commands_of(plan_, CommandList::exec_start)[spawn.index];
    const Spawned spawned = start(command, CommandList::exec_start, Processes::Role::main);
    if (spawned.pid == 0) {
        events_.post(ExecFailed{spawned.stage, spawned.error, processes_.nobody_left()});
    } else {
        events_.post(MainStarted{});
    }
}

void Supervisor::perform(const SpawnControl& spawn) {
    const Command& command = commands_of(plan_, spawn.list)[spawn.index];
    const Spawned spawned = start(command, spawn.list, Processes::Role::control);
    if (spawned.pid == 0) {
        const MainExit exit{ExitKind::exec_failed, spawned.error, spawned.stage};
        events_.post(ControlExited{exit, processes_.nobody_left()});
    }
}

void Supervisor::perform(const FindMain& find) {
    main_search_.begin(find.wait);
}
void Supervisor::perform(const AskConditions&) {
    checks_.ask(monotonic_now());
}

/// A later launcher must know that these processes are meant to end.
void Supervisor::perform(const SignalTree& order) {
    files_.publish(projected());
    processes_.signal(order, [this](int pid) {
        return group_was_told_ && ::getpgid(pid) == ::getpgrp() &&
               !(interrupted_at_.usec > 0 && ignores(pid, SIGINT));
    });
}
void Supervisor::perform(const KillControl&) {
    files_.publish(projected());
    processes_.kill_control();
}

void Supervisor::perform(const Reload&) {
    const int pid = processes_.main_pid();
    const bool nothing_says_how = plan_.reload_signal == 0;
    if (nothing_says_how || (pid > 0 && dies_of(pid, plan_.reload_signal))) {
        reloads_.refusal = nothing_says_how
                               ? std::string("it has neither exec-reload nor reload-signal")
                               : concat(signal_name(plan_.reload_signal), " would kill PID ", pid,
                                        ", which does not handle it");
        handles_.log.write(LOG_WARNING, concat(plan_.name, ": not reloaded: ", reloads_.refusal));
        events_.post(ReloadFinished{false});
        return;
    }
    processes_.signal_main(plan_.reload_signal);
    events_.post(ReloadFinished{pid > 0});
}

void Supervisor::perform(const ReportReload& report) {
    reloads_.serial = report.number;
    reloads_.ok = report.ok;
    if (report.ok) {
        handles_.log.record(concat(plan_.name, ": reloaded"), Occasion::reloaded);
    } else if (reloads_.refusal.empty()) {
        handles_.log.write(LOG_WARNING, concat(plan_.name, ": did not reload"));
    }
}

void Supervisor::perform(const ArmTimer& timer) {
    // The way through the kernel's timer and the loop is a good part of a restart without delay.
    // One for each turn takes it: whatever fails at once again must not keep a stop from being
    // heard.
    if (machine_.state == ServiceState::auto_restart && timer.at <= monotonic_now() &&
        std::exchange(may_restart_at_once_, false)) {
        events_.post(TimerElapsed{});
        return;
    }
    deadline_.set(timer.at);
}
void Supervisor::perform(const DisarmTimer&) {
    deadline_.set(TimeSpan::infinity());
}

/// A step that is required before the service is announced; later its failure is only logged.
bool Supervisor::attempt(const std::function<void()>& step) {
    try {
        step();
        return true;
    } catch (const OsError& error) {
        if (is_known_) {
            files_.put_off(error);
            return true;
        }
        activation_.out_of_resources = error.what();
        handles_.log.write(LOG_ERR, concat(plan_.name, ": ", error.what()));
        events_.post(OutOfResources{});
        return false;
    }
}

void Supervisor::perform(const AnnounceReady&) {
    upstream_.wake();
    activation_.waiting_for.clear();
    forget_failure(); // of an earlier attempt
    if (activation_.ready_usec == 0) {
        activation_.ready_usec = static_cast<std::uint64_t>(realtime_now().usec);
    }
    const bool in_place = attempt([this] {
        files_.draft_pid_files(identity_.launcher.pid, processes_.main_pid());
        files_.put_pid_files_in_place();
        files_.write(projected()); // whoever is told may look at once
    });
    if (!in_place) {
        activation_.ready_usec = 0;
        return;
    }
    is_known_ = true;
    const std::string message = ready_message(situation(), handles_.orphan != nullptr);
    if (handles_.log.is_watched()) {
        streams_.last_words(); // what the service has said before it was ready
        handles_.log.end_show();
    }
    upstream_.ready(status_line(situation()), message + '\n');
    report_start();
    if (plan_.announce == Announce::nobody) {
        handles_.log.write(LOG_INFO, message, Occasion::ready);
    } else {
        handles_.log.record(message, Occasion::ready);
    }
    settled_ = true;
}

void Supervisor::perform(const AnnounceStopping&) {
    upstream_.stopping(status_line(situation()));
}
void Supervisor::perform(const AnnounceReloading&) {
    reloads_.refusal.clear();
    upstream_.reloading(std::exchange(reloading_since_, std::nullopt));
    handles_.log.record(concat(plan_.name, ": reloading"), Occasion::reloading);
}
/// Written first: readers may look at once when they are told.
void Supervisor::perform(const AnnounceReloaded&) {
    reloading_since_.reset();
    files_.publish(projected());
    upstream_.reloaded(status_line(situation()));
}
void Supervisor::perform(const AskForTime& ask) {
    upstream_.ask_for_time(ask.span);
}

void Supervisor::forget_failure() {
    identity_.failure.clear();
    identity_.failure_usec = 0;
}

void Supervisor::note_failure() {
    identity_.failure = failure_message(situation());
    identity_.failure_usec = static_cast<std::uint64_t>(realtime_now().usec);
}

void Supervisor::perform(const AnnounceRestart& restart) {
    activation_.waiting_for.clear();
    identity_.next_restart_usec =
        static_cast<std::uint64_t>(after(realtime_now(), restart.delay).usec);
    report_start();
    const std::string next = concat(plan_.name, ": ", restart_message(restart.delay));
    const bool failed = machine_.result != ServiceResult::success; // else it is restart = "always"
    if (failed) {
        note_failure();
    }
    if (failed && machine_.ready) {
        handles_.log.write(LOG_ERR, identity_.failure, Occasion::failed);
    }
    if (!failed || machine_.ready) {
        handles_.log.write(LOG_NOTICE, next, Occasion::restarting);
        return; // no command waits for this start any more
    }
    const std::string text = concat(identity_.failure, "; ", restart_message(restart.delay));
    files_.publish(projected()); // whoever is told may look at once
    handles_.log.end_show();
    upstream_.failed_for_now(text, concat("amphid: ", printable(text), '\n',
                                          failure_details(situation(), streams_.last_words())));
    handles_.log.write(LOG_ERR, text, Occasion::failed);
    handles_.log.record(next, Occasion::restarting);
}

/// Once whoever waits for this start has been served.
void Supervisor::report_start() {
    if (std::exchange(main_is_news_, false)) {
        const int pid = processes_.main_pid();
        handles_.log.record(
            concat(plan_.name, ": started", pid > 0 ? concat(", main PID ", pid) : ""),
            Occasion::starting);
    }
}

void Supervisor::perform(const Finish&) {
    finished_ = true;
    files_.finish();
    notify_.end(files_.directory());
    // If it ended by itself systemd may restart it, after a requested stop it does not.
    const bool comes_back = plan_.manager != Manager::none && !machine_.stop_requested();
    executor_.remove_directories(comes_back || machine_.restart_requested());
    if (!machine_.restart_requested()) { // the next launcher has them already
        descriptors_.remove_sockets();
    }
    activation_.ready_usec = 0;
    activation_.waiting_for.clear();
    streams_.finish();
    note_left_behind();
    processes_.end();
    report_end();
}

/// Processes that the stop could not end or was not to end.
void Supervisor::note_left_behind() {
    const std::vector<int> everybody = processes_.everybody();
    const std::string left = list_of(everybody);
    if (left.empty()) {
        return;
    }
    const KillMode mode = plan_.policy.kill_mode;
    const bool on_purpose =
        mode == KillMode::process || mode == KillMode::none || !plan_.policy.send_sigkill ||
        (machine_.end_hooks != EndHooks::none && !machine_.gave_up); // what those have started
    (on_purpose ? identity_.left_running : identity_.survivors) = left;
    for (const int pid : on_purpose ? std::vector<int>() : everybody) {
        identity_.survivors_began +=
            concat(identity_.survivors_began.empty() ? "" : ", ", identify(pid, {}).start_time);
    }
    handles_.log.write(on_purpose ? LOG_NOTICE : LOG_ERR,
                       on_purpose ? concat(plan_.name, ": left running: PID ", left)
                                  : concat(plan_.name, ": ", signal_name(plan_.final_kill_signal),
                                           " did not kill PID ", left));
}

/// exec-condition failed: neither started nor failed.
void Supervisor::report_skip() {
    const std::string message = concat(plan_.name, ": not started: exec-condition ",
                                       commands_of(plan_, CommandList::exec_condition).front().path,
                                       ' ', describe_exit(machine_.control_exit, {}));
    handles_.log.write(LOG_NOTICE, message);
    upstream_.ready("Not started: exec-condition", message + '\n');
}

/// The log comes after the verdict: the waiting command must not wait for the log's reader.
void Supervisor::report_end() {
    handles_.log.end_show();
    if (machine_.result == ServiceResult::exec_condition) {
        report_skip();
        return;
    }
    const std::string early = concat("amphid: ", plan_.name, " was stopped before it was ready\n");
    if (machine_.state == ServiceState::dead) {
        forget_failure(); // of a start that would have been retried
        upstream_.failed(status_line(situation()), early, machine_.restart_requested());
        report_start();
        handles_.log.write(LOG_INFO, concat(plan_.name, ": stopped"), Occasion::stopped);
        return;
    }
    note_failure();
    const std::string words = streams_.last_words();
    const bool given_up = machine_.stop_requested() && !machine_.ready;
    upstream_.failed(concat("Failed: ", identity_.failure),
                     given_up ? early
                              : concat("amphid: ", printable(identity_.failure), '\n',
                                       failure_details(situation(), words)),
                     given_up && machine_.restart_requested());
    report_start();
    handles_.log.write(LOG_ERR, identity_.failure, Occasion::failed);
    const std::string shown = indented(words);
    for (const std::string_view line : split(shown, '\n')) {
        if (!line.empty() && !plan_.context.words_to_journal) {
            handles_.log.quote(line);
        }
    }
}

} // namespace amphid
