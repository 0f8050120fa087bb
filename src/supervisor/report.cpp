// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/signal_name.h"
#include "base/text.h"
#include "supervisor/supervisor.h"

// The supervisor's voice: the words about a transition, for the log, for systemd and for whoever
// waits.

namespace amphid {

namespace {

/// A service's words as they are shown below a message.
std::string indented(std::string_view words) {
    std::string out;
    for (const std::string_view line : split(words, '\n')) {
        out += line.empty() ? "" : concat("    ", printable(line), '\n');
    }
    return out;
}

} // namespace

/// What a start waits for.
std::string Supervisor::awaited() const {
    if (machine_.awaits_main) {
        return concat("the pid file ", plan_.forking_pid_file);
    }
    if (machine_.control_alive) {
        return concat(name_of(machine_.list), ' ',
                      commands_of(plan_, machine_.list)[machine_.command].path);
    }
    if (machine_.asks) {
        return list_unmet(plan_.ready.match, probes_->findings());
    }
    if (machine_.state != ServiceState::start) {
        return {};
    }
    // Not "READY=1": this goes up in a STATUS, and there are managers that search for just that.
    return is_notify(plan_.policy.type)                ? "its READY (sd_notify)"
           : plan_.policy.type == ServiceType::oneshot ? "the end of exec-start"
                                                       : "";
}

void Supervisor::note_waiting() {
    if (!is_starting(machine_.state)) {
        return;
    }
    const std::string now = awaited();
    if (now == state_.waiting_for) {
        return;
    }
    state_.waiting_for = now;
    dirty_ = true;
    if (!now.empty()) {
        upstream_.status(status_line());
    }
}

std::string Supervisor::ready_words() const {
    if (plan_.policy.type == ServiceType::oneshot) {
        return concat(state_.name, ": done");
    }
    return concat(state_.name, handles_.orphan ? ": taken over (PID " : ": ready (PID ",
                  state_.launcher.pid,
                  state_.main.pid > 0 ? concat(", main PID ", state_.main.pid) : "", ')');
}

std::string Supervisor::status_line() const {
    switch (machine_.state) {
    case ServiceState::condition:
    case ServiceState::start_pre:
    case ServiceState::start:
    case ServiceState::start_post:
        return state_.status_text.empty() ? concat("Starting: waiting for ", state_.waiting_for)
                                          : concat("Starting: ", state_.status_text);
    case ServiceState::stop_sigterm:
        if (!machine_.terminated) {
            return "Stopping by itself";
        }
        return concat("Stopping with ", signal_name(plan_.kill_signal), ", for at most ",
                      format_time_span(plan_.policy.timeout_stop));
    case ServiceState::stop_watchdog:
        return concat("Ending it with ", signal_name(plan_.watchdog_signal),
                      state_.ailment.empty() ? "" : concat(", ", state_.ailment));
    case ServiceState::stop:
        return "Stopping with exec-stop";
    case ServiceState::stop_post:
        return "Stopping with exec-stop-post";
    case ServiceState::final_sigterm:
        return concat("Stopping what is left with ", signal_name(plan_.kill_signal));
    case ServiceState::stop_sigkill:
    case ServiceState::final_sigkill:
        return concat("Stopping with ", signal_name(plan_.final_kill_signal));
    case ServiceState::dead:
        return "Stopped";
    case ServiceState::exited:
        return "Exited well, counts as running";
    default:
        if (!state_.status_text.empty()) {
            return state_.status_text;
        }
        return state_.main.pid > 0 ? concat("Running, main PID ", state_.main.pid) : "Running";
    }
}

void Supervisor::note_transition(ServiceState from) {
    if (machine_.state == from) {
        return;
    }
    const Policy& policy = plan_.policy;
    const auto say = [this](int priority, const std::string& text) {
        handles_.log.write(priority, concat(state_.name, ": ", text));
    };
    switch (machine_.state) {
    case ServiceState::auto_restart:
        say(LOG_NOTICE, concat("restarting in ", format_time_span(machine_.restart_delay)));
        return;
    case ServiceState::stop_sigterm:
        if (!machine_.terminated) {
            say(LOG_INFO, "stops by itself");
            return;
        }
        say(LOG_INFO,
            concat("stopping with ", signal_name(plan_.kill_signal), " PID ",
                   policy.kill_mode == KillMode::control_group ? list_of(tree_.members())
                                                               : concat(state_.main.pid)));
        return;
    case ServiceState::stop_watchdog:
        say(LOG_ERR, concat("ending it with ", signal_name(plan_.watchdog_signal), ", PID ",
                            list_of(tree_.members())));
        return;
    case ServiceState::stop_sigkill:
        say(LOG_WARNING, concat("still there after ", format_time_span(policy.timeout_stop),
                                ", killing PID ", list_of(tree_.members())));
        return;
    default:
        return;
    }
}

/// What a stage between fork and exec stumbled over; for other ends nothing.
std::string Supervisor::object_of(const MainExit& exit, const Command& command) const {
    if (const std::string& refused = executor_.refused_object(); !refused.empty()) {
        return refused;
    }
    const ExecContext& context = plan_.context;
    switch (exit.stage) {
    case ExecStage::chdir:
        return context.working_directory;
    case ExecStage::chroot:
        return context.root_directory;
    case ExecStage::user:
        return context.user.text;
    case ExecStage::group:
        return context.group.text.empty() ? context.user.text : context.group.text;
    case ExecStage::stdin_:
        return context.tty_path;
    default:
        return command.path;
    }
}

const Command& Supervisor::blamed_command() const {
    const Blame& blame = machine_.blame;
    return commands_of(
        plan_,
        blame.control
            ? blame.list
            : CommandList::exec_start)[blame.control ? blame.command : machine_.main_command];
}

std::string Supervisor::failure_text() const {
    const MainExit& exit = machine_.blame.control ? machine_.blame.exit : machine_.exit;
    const std::string why = refusal_.empty() ? describe_failure(machine_, plan_.policy,
                                                                object_of(exit, blamed_command()))
                                             : concat(refusal_, " (result 'resources')");
    const bool no_main =
        machine_.result == ServiceResult::timeout || machine_.result == ServiceResult::protocol;
    if (no_main && !machine_.ready && state_.main.pid == 0 && !pid_file_refusal_.empty()) {
        return concat(state_.name, " failed to start: ", why, ": ", pid_file_refusal_);
    }
    const bool unmet = machine_.asks && machine_.result == ServiceResult::timeout && probes_;
    if (unmet) {
        return concat(state_.name, " failed to start: ", why, ": ",
                      list_unmet(plan_.ready.match, probes_->findings()));
    }
    return machine_.ready ? concat(state_.name, " failed: ", why)
                          : concat(state_.name, " failed to start: ", why);
}

/// Why it failed, as the service itself put it: STATUS=, ERRNO= and BUSERROR= of sd_notify(3).
std::string Supervisor::own_words() const {
    std::string out = state_.status_text;
    for (const std::string& more : {errno_text(state_.status_errno), state_.status_bus_error}) {
        out += more.empty() ? "" : concat(out.empty() ? "" : ", ", more);
    }
    return out;
}

/// Whom the stop could not end, or was not to.
void Supervisor::note_left_behind() {
    const std::string left = list_of(tree_.everybody());
    if (left.empty()) {
        return;
    }
    const KillMode mode = plan_.policy.kill_mode;
    const bool on_purpose =
        mode == KillMode::process || mode == KillMode::none || !plan_.policy.send_sigkill;
    (on_purpose ? state_.left_running : state_.survivors) = left;
    handles_.log.write(on_purpose ? LOG_NOTICE : LOG_ERR,
                       on_purpose ? concat(state_.name, ": left running: PID ", left)
                                  : concat(state_.name, ": ", signal_name(plan_.final_kill_signal),
                                           " did not end PID ", left));
}

/// exec-condition decided: neither started nor failed.
void Supervisor::report_skip() {
    const std::string words = concat(state_.name, ": not started: exec-condition ",
                                     commands_of(plan_, CommandList::exec_condition).front().path,
                                     ' ', describe_exit(machine_.control_exit, {}));
    handles_.log.write(LOG_NOTICE, words);
    upstream_.ready("Not started: exec-condition", words + '\n');
}

void Supervisor::report_end() {
    if (machine_.result == ServiceResult::exec_condition) {
        report_skip();
        return;
    }
    const std::string early = concat("amphid: ", state_.name, " was stopped before it was ready\n");
    if (machine_.state == ServiceState::dead) {
        handles_.log.write(LOG_INFO, concat(state_.name, ": stopped"));
        upstream_.failed(status_line(), early);
        return;
    }
    const std::string failure = failure_text();
    state_.failure = failure;
    const std::string words = indented(executor_.last_words().text());
    handles_.log.write(LOG_ERR, failure);
    for (const std::string_view line : split(words, '\n')) {
        if (!line.empty() && !plan_.context.words_to_journal) {
            handles_.log.write(LOG_ERR, line);
        }
    }
    if (machine_.stop_requested && !machine_.ready) {
        upstream_.failed(concat("Failed: ", failure), early);
        return;
    }
    std::string message = concat("amphid: ", printable(failure), '\n');
    if (const std::string said = own_words(); !said.empty() && !machine_.ready) {
        message += concat("amphid: ", state_.name, " said: ", printable(said), '\n');
    }
    if (!words.empty()) {
        message += concat("amphid: last words of ", state_.name, ":\n", words);
    }
    upstream_.failed(concat("Failed: ", failure), message);
}

} // namespace amphid
