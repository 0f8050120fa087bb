// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/signal_name.h"
#include "base/text.h"
#include "supervisor/supervisor.h"

// The supervisor's voice: the words about a transition, for the log, for systemd and for whoever
// waits.

namespace amphid {

namespace {

std::string list_of(const std::vector<int>& pids) {
    std::string out;
    for (const int pid : pids) {
        out += concat(out.empty() ? "" : ", ", pid);
    }
    return out;
}

/// A service's words as they are shown below a message.
std::string indented(std::string_view words) {
    std::string out;
    for (const std::string_view line : split(words, '\n')) {
        out += line.empty() ? "" : concat("    ", printable(line), '\n');
    }
    return out;
}

} // namespace

std::string Supervisor::status_line() const {
    switch (machine_.state) {
    case ServiceState::start:
        return state_.status_text.empty() ? concat("Starting: waiting for ", state_.waiting_for)
                                          : concat("Starting: ", state_.status_text);
    case ServiceState::stop_sigterm:
        if (!machine_.terminated) {
            return "Stopping by itself";
        }
        return concat("Stopping with ", signal_name(plan_.kill_signal), ", for at most ",
                      format_time_span(plan_.policy.timeout_stop));
    case ServiceState::stop_sigkill:
        return "Stopping with SIGKILL";
    case ServiceState::dead:
        return "Stopped";
    default:
        return state_.status_text.empty() ? concat("Running, main PID ", state_.main.pid)
                                          : state_.status_text;
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
        say(LOG_NOTICE, concat("restarting in ", format_time_span(policy.restart_delay)));
        return;
    case ServiceState::stop_sigterm:
        if (!machine_.terminated) {
            say(LOG_INFO, "stops by itself");
            return;
        }
        say(LOG_INFO, concat("stopping with ", signal_name(plan_.kill_signal), " PID ",
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

/// What a stage between fork and exec stumbled over.
std::string_view Supervisor::object_of(ExecStage stage) const {
    if (const std::string& refused = executor_.refused_object(); !refused.empty()) {
        return refused;
    }
    const ExecContext& context = plan_.context;
    switch (stage) {
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
        return commands_of(plan_, CommandList::exec_start).front().path;
    }
}

std::string Supervisor::failure_text() const {
    const std::string why =
        refusal_.empty() ? describe_failure(machine_, plan_.policy, object_of(machine_.exit.stage))
                         : concat(refusal_, " (result 'resources')");
    return machine_.ready ? concat(state_.name, " failed: ", why)
                          : concat(state_.name, " failed to start: ", why);
}

void Supervisor::report_end() {
    if (machine_.state == ServiceState::dead) {
        handles_.log.write(LOG_INFO, concat(state_.name, ": stopped"));
        upstream_.failed(status_line(),
                         concat("amphid: ", state_.name, " was stopped before it was ready\n"));
        return;
    }
    const std::string failure = failure_text();
    state_.failure = failure;
    const std::string words = indented(executor_.last_words().text());
    handles_.log.write(LOG_ERR, failure);
    state_.survivors = list_of(tree_.members());
    if (!state_.survivors.empty()) {
        handles_.log.write(LOG_ERR,
                           concat(state_.name, ": SIGKILL did not end PID ", state_.survivors));
    }
    for (const std::string_view line : split(words, '\n')) {
        if (!line.empty() && !plan_.context.words_to_journal) {
            handles_.log.write(LOG_ERR, line);
        }
    }
    std::string message = concat("amphid: ", printable(failure), '\n');
    if (!words.empty()) {
        message += concat("amphid: last words of ", state_.name, ":\n", words);
    }
    upstream_.failed(concat("Failed: ", failure), message);
}

} // namespace amphid
