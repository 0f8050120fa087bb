// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/signal_name.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/process.h"
#include "supervisor/supervisor.h"

#include <csignal>
#include <fcntl.h>

// The supervisor's hands: what the machine wants done.

namespace amphid {

void Supervisor::perform(const BeginActivation&) {
    refusal_logged_ = false;
    state_.status_text.clear();
    state_.status_errno = 0;
    state_.status_bus_error.clear();
    state_.ailment.clear();
    if (!began_) {
        began_ = true; // the first one was prepared with the rest of the start
        return;
    }
    new_invocation();
    notify_access_ = plan_.notify_access;
    if (plan_.fd_store_preserve == Preserve::no) {
        store_.clear();
        store_watched_ = false;
    }
    prepare_questions();
    if (!tree_.empty()) {
        handles_.log.write(LOG_WARNING, concat(state_.name, ": PID ", list_of(tree_.members()),
                                               " of the last run still there, as kill-mode wants"));
    }
    tree_.begin_again();
    if (tree_.cgroup().is_spent()) {
        tree_.cgroup().remove();
        tree_.use(Cgroup::make(state_.name));
        cgroup_watched_ = false;
        use_cgroup();
    }
    inherited_ends_.clear();
}

void Supervisor::perform(const SpawnMain& spawn) {
    const Command& command = commands_of(plan_, CommandList::exec_start)[spawn.index];
    const Spawned spawned = start(command, CommandList::exec_start, state_.main);
    if (spawned.pid == 0) {
        post(ExecFailed{spawned.stage, spawned.error, tree_.empty()});
    } else {
        post(MainStarted{});
    }
    note_waiting();
}

void Supervisor::perform(const SpawnControl& spawn) {
    const Command& command = commands_of(plan_, spawn.list)[spawn.index];
    const Spawned spawned = start(command, spawn.list, state_.control);
    if (spawned.pid == 0) {
        const MainExit exit{ExitKind::exec_failed, spawned.error, spawned.stage};
        post(ControlExited{exit, tree_.empty()});
    }
    note_waiting();
}

/// systemd.kill(5): SIGCONT after, so that a stopped process hears it, and SIGHUP for shells.
std::vector<int> Supervisor::signals_for(Which which) const {
    std::vector<int> out{which == Which::kill           ? plan_.kill_signal
                         : which == Which::watchdog     ? plan_.watchdog_signal
                         : which == Which::restart_kill ? plan_.restart_kill_signal
                                                        : plan_.final_kill_signal};
    if (out.front() != SIGKILL) {
        out.push_back(SIGCONT);
    }
    if (plan_.send_sighup && which != Which::final_kill) {
        out.push_back(SIGHUP);
    }
    return out;
}

void Supervisor::perform(const SignalTree& order) {
    const std::vector<int> signals = signals_for(order.which);
    if (order.which == Which::final_kill) {
        last_kill_ = order.whom;
    }
    if (tree_.inheritance()) {
        watch_rest_of_tree(); // while they can still be told from others
    }
    if (order.whom == Whom::everybody) {
        const auto had_theirs = [&](int pid) {
            return order.which != Which::final_kill && terminal_signalled_ &&
                   ::getpgid(pid) == ::getpgrp() && !ignores(pid, SIGINT);
        };
        tree_.signal(signals, had_theirs);
    } else {
        for (const int signal : signals) {
            signal_main(signal);
            if (state_.control.pid > 0) {
                ::kill(state_.control.pid, signal); // a child of ours that is not reaped yet
            }
        }
    }
    look_for_end_of_tree();
}

void Supervisor::perform(const KillControl&) {
    if (state_.control.pid > 0) {
        tree_.kill_below(state_.control.pid);
    }
}

void Supervisor::perform(const Reload&) {
    const int pid = state_.main.pid;
    if (pid > 0 && dies_of(pid, plan_.reload_signal)) {
        state_.reload.refusal = concat(signal_name(plan_.reload_signal), " would end PID ", pid,
                                       ", which does not catch it");
        handles_.log.write(LOG_WARNING,
                           concat(state_.name, ": not reloaded: ", state_.reload.refusal));
        post(ReloadFinished{false});
        return;
    }
    signal_main(plan_.reload_signal);
    post(ReloadFinished{pid > 0});
}

void Supervisor::perform(const ReportReload& report) {
    ++state_.reload.serial;
    state_.reload.begun = std::max(state_.reload.begun, state_.reload.serial);
    state_.reload.ok = report.ok;
    publish();
}

void Supervisor::perform(const ArmTimer& timer) {
    loop_.set_timer(timer.at);
}
void Supervisor::perform(const DisarmTimer&) {
    loop_.set_timer(TimeSpan::infinity());
}

/// The directory of a pid file: most often the one that we hold already.
Fd Supervisor::open_parent(const std::string& file) const {
    const std::string directory = split_path(file).first;
    return directory == plan_.paths.directory
               ? Fd(checked(::fcntl(handles_.directory.get(), F_DUPFD_CLOEXEC, 3), "cannot keep",
                            directory))
               : open_directory(directory, false);
}

/// While the service gets ready there is time; what is refused then is known before it is.
void Supervisor::draft_pid_files() {
    if (!pid_file_) {
        pid_file_.emplace(open_parent(plan_.paths.pid_file), plan_.paths.pid_file,
                          state_.launcher.pid);
    }
    if (!service_pid_file_ && !plan_.paths.service_pid_file.empty() && state_.main.pid > 0) {
        service_pid_file_.emplace(open_parent(plan_.paths.service_pid_file),
                                  plan_.paths.service_pid_file, state_.main.pid);
    }
}

/// Runs a step that the service cannot be announced without.
bool Supervisor::manage(void (Supervisor::*step)()) {
    try {
        (this->*step)();
        return true;
    } catch (const OsError& error) {
        refusal_ = error.what();
        handles_.log.write(LOG_ERR, concat(state_.name, ": ", refusal_));
        post(OutOfResources{});
        return false;
    }
}

/// All that must be there before anybody is told.
void Supervisor::put_files_in_place() {
    draft_pid_files();
    pid_file_->put_in_place();
    if (service_pid_file_) {
        service_pid_file_->put_in_place();
    }
    write_state_file();
}

void Supervisor::perform(const AnnounceReady&) {
    upstream_.wake();
    state_.waiting_for.clear();
    if (state_.ready_usec == 0) {
        state_.ready_usec = static_cast<std::uint64_t>(realtime_now().usec);
    }
    if (!manage(&Supervisor::put_files_in_place)) {
        state_.ready_usec = 0;
        return;
    }
    publish(); // whoever is told may look at once
    const std::string words = ready_words();
    if (plan_.announce == Announce::nobody) {
        handles_.log.write(LOG_INFO, words);
    }
    upstream_.ready(status_line(), words + '\n');
    settled_ = true;
}

void Supervisor::perform(const AnnounceStopping&) {
    upstream_.stopping(status_line());
}
void Supervisor::perform(const AnnounceReloading&) {
    ++state_.reload.begun;
    state_.reload.refusal.clear();
    dirty_ = true;
    upstream_.reloading(std::exchange(said_reloading_, std::nullopt));
}
void Supervisor::perform(const AnnounceReloaded&) {
    said_reloading_.reset();
    publish();
    upstream_.reloaded(status_line());
}
void Supervisor::perform(const AskForTime& ask) {
    upstream_.ask_for_time(ask.span);
}

void Supervisor::perform(const Finish&) {
    finished_ = true;
    dirty_ = true; // also where it ends in the state that it began with
    pid_file_.reset();
    service_pid_file_.reset();
    handles_.notify.remove(handles_.directory.get());
    executor_.last_words().drain();
    // An end of its own may be a restart by systemd, a stop that was asked for is an end.
    const bool comes_back = plan_.manager != Manager::none && !machine_.stop_requested;
    executor_.remove_directories(comes_back || machine_.restart_requested);
    state_.ready_usec = 0;
    state_.waiting_for.clear();
    note_left_behind();
    tree_.cgroup().remove();
    report_end();
}

} // namespace amphid
