// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/status_probe.h"

#include "app/console.h"
#include "app/started_service.h"
#include "app/suspended.h"
#include "base/exit_code.h"
#include "base/text.h"
#include "machine/event.h"
#include "os/clock.h"
#include "os/process.h"
#include "os/watch.h"
#include "plan/service_name.h"
#include "resolve/plan.h"

#include <algorithm>
#include <limits>

namespace amphid {

namespace {

/// The reason for a "no"; empty for a "yes".
using Question = std::string (*)(const Running&);

struct Target {
    std::string name;
    std::string directory;
};

/// Where it would run by its name alone; otherwise where its configuration says.
Target target_of(const std::string& word, const Host& host) {
    if (is_service_name(word)) {
        const std::string directory = runtime_directory_of(word, "", host);
        if (!directory.empty() && glance_at(directory).launcher) {
            return {word, directory};
        }
    }
    const KnownService service = find_started_service(word, host);
    require_known(service, host);
    if (!service.taken.empty()) {
        throw Failure(ExitCode::failure, service.taken);
    }
    return {service.name, service.directory};
}

std::string why_not_ready(const Running& running) {
    if (!running.launcher && !runs_unsupervised(running)) {
        return "it is not running";
    }
    const State& state = running.found->state;
    const bool lives = state.main.pid <= 0 || open_claimed(*running.found, state.main);
    if (is_active(state.state) && state.ready_usec != 0 && lives) {
        return why_suspended(state.main.pid);
    }
    return state.waiting_for.empty() ? concat("its state is ", name_of(state.state))
                                     : concat("waiting for ", state.waiting_for);
}

/// A service that its launcher is about to restart is live: replacing both would not help.
std::string why_not_live(const Running& running) {
    if (!running.launcher && !runs_unsupervised(running)) {
        return "it is not running";
    }
    const State& state = running.found->state;
    for (const ProcessId& process : {state.launcher, state.main}) {
        if (std::string why = process.pid > 0 ? why_suspended(process.pid) : std::string();
            !why.empty()) {
            return why;
        }
    }
    return is_active(state.state) || state.state == ServiceState::auto_restart
               ? std::string()
               : concat("its state is ", name_of(state.state));
}

std::string why_not_stopped(const Running& running) {
    const bool main_lives =
        running.found && open_claimed(*running.found, running.found->state.main);
    return running.launcher || main_lives
               ? concat("its state is ", name_of(running.found->state.state))
               : std::string();
}

Question question_of(const Arguments& arguments) {
    return arguments.probe == Probe::live         ? why_not_live
           : arguments.awaits == WaitFor::stopped ? why_not_stopped
                                                  : why_not_ready;
}

/// The answer can no longer become yes: the start has failed.
bool is_hopeless(const Arguments& arguments, const Running& running) {
    return arguments.awaits == WaitFor::ready && running.found && !running.stateless &&
           running.found->state.state == ServiceState::failed;
}

/// Milliseconds until then; negative: for ever.
int patience(TimeSpan end) {
    if (end.is_infinite()) {
        return -1;
    }
    const std::int64_t left = (end.usec - monotonic_now().usec + 999) / 1000;
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

struct Answer {
    StatusCode code = StatusCode::running;
    std::string why; // reason for a "no"
};

Answer no(std::string why) {
    return {StatusCode::not_running, std::move(why)};
}

/// Asks until the answer is yes, if --wait is given.
Answer ask(const Target& target, const Arguments& arguments, Question question) {
    const TimeSpan end = after(monotonic_now(), arguments.timeout);
    for (;;) {
        Watch watch(target.directory); // watched first, read then: no change is missed
        const Running running = glance_at(target.directory);
        std::string why = question(running);
        const bool waits = arguments.awaits != WaitFor::nothing;
        if (why.empty()) {
            return {};
        }
        if (running.stateless && !waits) {
            return {StatusCode::unknown, stateless_message(target.directory, running)};
        }
        if (!waits) {
            return no(std::move(why));
        }
        if (is_hopeless(arguments, running)) {
            return no(running.found->state.failure.empty() ? why : running.found->state.failure);
        }
        const int left = patience(end);
        if (left == 0) {
            return no(concat("not within ", format_time_span(arguments.timeout), ": ", why));
        }
        // That it goes on is no event.
        constexpr int a_moment_ms = 200;
        const bool suspended = running.found && !running.stateless &&
                               !why_suspended(running.found->state.main.pid).empty();
        const int pause = suspended && (left < 0 || left > a_moment_ms) ? a_moment_ms : left;
        const Fd main = running.launcher || !running.found
                            ? Fd()
                            : open_claimed(*running.found, running.found->state.main);
        watch.wait(main ? main : running.launcher, pause);
    }
}

std::string_view word_of(const Arguments& arguments) {
    return arguments.probe == Probe::live         ? "live"
           : arguments.awaits == WaitFor::stopped ? "stopped"
                                                  : "ready";
}

} // namespace

int probe_status(const Arguments& arguments, const Host& host) {
    int code = 0;
    for (const std::string& word : arguments.operands) {
        const Target target = target_of(word, host);
        const Answer answer = ask(target, arguments, question_of(arguments));
        if (answer.code != StatusCode::running) {
            print_error(
                concat(target.name, ": not ", word_of(arguments), ": ", printable(answer.why)));
        }
        code = std::max(code, code_of(answer.code));
    }
    return code;
}

} // namespace amphid
