// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/signal_name.h"
#include "base/text.h"
#include "os/files.h"
#include "os/inheritance.h"
#include "os/os_error.h"
#include "os/process.h"
#include "os/random.h"
#include "plan/pid_file.h"
#include "supervisor/supervisor.h"

#include <csignal>
#include <cstring>
#include <sys/syscall.h>
#include <utility>

// The supervisor's processes: who is started how, and which of them is the main one.

namespace amphid {

namespace {

/// $EXIT_CODE and $EXIT_STATUS of systemd.exec(5); a program that never was shows as the exit of
/// systemd's own executor.
void add_exit(Environment& out, const MainExit& exit) {
    switch (exit.kind) {
    case ExitKind::exited:
        set_variable(out, "EXIT_CODE", "exited");
        set_variable(out, "EXIT_STATUS", concat(exit.status));
        return;
    case ExitKind::exec_failed:
        set_variable(out, "EXIT_CODE", "exited");
        set_variable(out, "EXIT_STATUS", concat(exit_status_of(exit.stage)));
        return;
    case ExitKind::killed:
    case ExitKind::dumped:
        set_variable(out, "EXIT_CODE", name_of(exit.kind));
        set_variable(out, "EXIT_STATUS", signal_name(exit.status).substr(3)); // without "SIG"
        return;
    case ExitKind::none:
    case ExitKind::unknown:
        return;
    }
}

} // namespace

/// Writes the state with the new process in it: there is no moment in which the service runs
/// unknown.
class Supervisor::RecordInState final : public Record {
public:
    RecordInState(int directory, State& state, ProcessId& role, uid_t uid)
        : directory_(directory), state_(state), role_(role), uid_(uid) {}

    void operator()(pid_t pid) noexcept override {
        try {
            role_ = identify(pid, state_.launcher.boot_id);
            if (&role_ == &state_.main) {
                state_.lineage = lineage_of(pid, uid_, launcher_);
            }
            identify_launcher(state_);
            write_state(directory_, state_);
        } catch (...) {
            // The launcher writes it again, and can say so.
            role_ = {};
        }
    }

private:
    int directory_;
    State& state_;
    ProcessId& role_;
    uid_t uid_;
    Standing launcher_{::getpgrp(), ::getsid(0), state_.mode == Mode::daemon};
};

void Supervisor::identify_launcher(State& state) {
    if (state.launcher.start_time == 0) {
        state.launcher = identify(state.launcher.pid, state.launcher.boot_id);
    }
}

void Supervisor::new_invocation() {
    state_.invocation_id =
        plan_.context.keep_invocation_id
            ? find_variable(plan_.context.environment, "INVOCATION_ID").value_or("")
            : random_hex(16);
    executor_.forget_words();
}

/// What a process is told of the service (systemd.exec(5), "Environment Variables Set or Propagated
/// by the Service Manager").
Environment Supervisor::own_variables(CommandList list) const {
    Environment out;
    if (!plan_.context.keep_invocation_id) {
        set_variable(out, "INVOCATION_ID", state_.invocation_id);
    }
    if (state_.main.pid > 0 && list != CommandList::exec_start) {
        set_variable(out, "MAINPID", concat(state_.main.pid));
    }
    if (!plan_.forking_pid_file.empty()) {
        set_variable(out, "PIDFILE", plan_.forking_pid_file);
    }
    if (list == CommandList::exec_start) {
        add_protocol_variables(out);
    }
    if (list == CommandList::exec_stop || list == CommandList::exec_stop_post) {
        set_variable(out, "SERVICE_RESULT", name_of(machine_.result));
        add_exit(out, machine_.exit);
    }
    return out;
}

/// Starts a process in a role, and sees to it that the role is written down before it executes.
Spawned Supervisor::start(const Command& command, CommandList list, ProcessId& role) {
    if (!std::exchange(prepared_, false)) {
        store_.look(); // what the last start hung up on is not for the next one
        executor_.give(descriptors_for(list));
        executor_.prepare(command, list, own_variables(list));
    }
    state_.words_pipe = executor_.last_words().pipe().inode();
    const auto pipes = executor_.streams().pump_inodes();
    state_.output_pipe = pipes[0];
    state_.error_pipe = pipes[1];
    RecordInState record(handles_.directory.get(), state_, role, subject_.uid());
    const Spawned spawned = executor_.start(record);
    if (spawned.pid == 0) {
        role = {};
        return spawned;
    }
    dirty_ = role.pid != spawned.pid; // else the new process has written the state itself
    if (dirty_) {
        role = identify(spawned.pid, state_.launcher.boot_id);
    }
    manage(&Supervisor::draft_pid_files);
    watch_service();
    return spawned;
}

/// The service's ways to us; once, after its first start.
void Supervisor::watch_service() {
    if (!notify_watched_ && handles_.notify.fd() >= 0) {
        loop_.watch(Source::notify, handles_.notify.fd());
        notify_watched_ = true;
    }
    if (!output_watched_ && executor_.streams().pump_fds()[0] >= 0) {
        for (const int fd : executor_.streams().pump_fds()) {
            if (fd >= 0) {
                loop_.watch(Source::output, fd);
            }
        }
        output_watched_ = true;
    }
    if (!words_watched_ && executor_.last_words().pipe().fd() >= 0) {
        loop_.watch(Source::words, executor_.last_words().pipe().fd());
        words_watched_ = true;
    }
}

bool Supervisor::is_child(int pid) const {
    const auto stat = read_stat(pid);
    return stat && stat->ppid == ::getpid();
}

void Supervisor::set_main(int pid) {
    state_.main = identify(pid, state_.launcher.boot_id);
    state_.lineage = lineage_of(pid, user_of(pid).value_or(subject_.uid()),
                                {::getpgrp(), ::getsid(0), state_.mode == Mode::daemon});
    dirty_ = true;
    main_end_.reset();
    if (!is_child(pid)) {
        main_end_ = open_process(state_.main);
        if (main_end_) {
            loop_.watch(Source::main_end, main_end_.get());
        }
    }
}

void Supervisor::signal_main(int signal) {
    if (main_end_) {
        send_signal(main_end_, signal);
    } else if (state_.main.pid > 0) {
        ::kill(state_.main.pid, signal); // a child of ours that is not reaped yet
    }
}

/// systemd, service_load_pid_file(): the first line names a living process that is neither we nor
/// the start command; and of ours alone, whoever wrote the file.
bool Supervisor::load_pid_file() {
    const std::string& path = plan_.forking_pid_file;
    const auto refuse = [&](std::string_view why, bool is_news = true) {
        const std::string words = concat(path, ": ", why);
        if (words != pid_file_refusal_ && is_news) {
            handles_.log.write(LOG_WARNING, concat(state_.name, ": ", words));
        }
        pid_file_refusal_ = words;
        return false;
    };
    const auto text = read_file_of_daemon(path);
    if (!text) {
        return refuse(std::strerror(errno), errno != ENOENT);
    }
    const auto parsed = parse_pid_file(*text);
    if (const auto* why = std::get_if<std::string>(&parsed)) {
        return refuse(*why);
    }
    const int* const pid = std::get_if<int>(&parsed);
    const auto stat = read_stat(*pid);
    if (!stat || stat->state == 'Z') {
        return refuse(concat("there is no process ", *pid));
    }
    if (*pid == state_.control.pid || !tree_.contains(*pid)) {
        return refuse(concat("process ", *pid, " is none of this service's daemons"));
    }
    pid_file_refusal_.clear();
    set_main(*pid);
    return true;
}

/// systemd, unit_search_main_pid(): the one process that the start command left to us.
bool Supervisor::guess_main() {
    const auto children = tree_.children();
    if (children.size() != 1) {
        return false;
    }
    set_main(children.front());
    return true;
}

/// The file, or a directory on the way to it, has changed.
void Supervisor::look_for_main() {
    pid_file_watch_->refresh();
    if (load_pid_file()) {
        pid_file_watch_.reset();
        post(MainFound{});
    }
}

void Supervisor::perform(const FindMain& find) {
    pid_file_refusal_.clear();
    if (plan_.forking_pid_file.empty()) {
        guess_main() ? post(MainFound{}) : post(MainUnknown{});
        return;
    }
    if (find.wait) {
        pid_file_watch_.emplace(plan_.forking_pid_file);
        loop_.watch(Source::pid_file, pid_file_watch_->fd());
        look_for_main();
        note_waiting();
        if (pid_file_watch_ && tree_.empty()) {
            post(TreeEmpty{});
        }
    } else {
        load_pid_file() ? post(MainFound{}) : post(MainUnknown{});
    }
}

} // namespace amphid
