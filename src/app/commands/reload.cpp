// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/narrator.h"
#include "app/running_service.h"
#include "app/started_service.h"
#include "base/signal_name.h"
#include "base/text.h"
#include "os/kernel.h"
#include "os/os_error.h"
#include "os/process.h"
#include "os/read_host.h"
#include "resolve/plan.h"

#include <csignal>
#include <cstdint>

namespace amphid {

namespace {

/// Without a launcher there is nobody who could tell when the service has reloaded.
void reload_in_place(const KnownService& service, const FoundState& found, Narrator& narrator) {
    const Fd process = open_claimed(found, found.state.main);
    const int signal = service.config ? reload_signal_of(service.config->service).number : 0;
    const int pid = found.state.main.pid;
    const std::string why = signal == 0            ? std::string("it has no reload-signal")
                            : dies_of(pid, signal) ? concat(signal_name(signal), " would kill PID ",
                                                            pid, ", which does not handle it")
                                                   : std::string();
    if (!why.empty()) {
        throw Failure(ExitCode::failure, concat(service.name, ": did not reload: ", why));
    }
    if (!send_signal_as(found.owner, process, signal)) {
        throw OsError("cannot reload", concat(service.name, ", PID ", pid));
    }
    narrator.result(concat("sent ", signal_name(signal), " to PID ", pid));
}

} // namespace

int run_reload(const Arguments& arguments) {
    require_process_handles();
    const Host host = read_host();
    const KnownService service = find_started_service(arguments.operands.front(), host);
    require_known(service, host);
    Running running = look_at(service);
    Narrator narrator(arguments.volume, service.name);
    const bool in_place = runs_unsupervised(running);
    if (in_place && (is_control_process(running, host) || !is_systemds(running))) {
        reload_in_place(service, *running.found, narrator);
        return code_of(ExitCode::success);
    }
    if (!running.launcher && !in_place) {
        throw Failure(ExitCode::not_running,
                      concat(service.name, ": not running", service.taken.empty() ? "" : "; ",
                             service.taken));
    }
    if (!is_control_process(running, host) && is_systemds(running)) {
        return delegate(running, "reload", narrator);
    }
    if (running.stateless) {
        throw Failure(ExitCode::failure, concat(stateless_message(service.directory, running),
                                                ": cannot tell whether it would reload"));
    }
    // Not one that has begun: the configuration may have changed since.
    const std::uint64_t wanted = running.found->state.reload.begun + 1;
    if (!send_signal_as(running.found->owner, running.launcher, SIGHUP)) {
        throw OsError("cannot reload",
                      concat(service.name, ", PID ", running.found->state.launcher.pid));
    }
    narrator.step(concat("sent SIGHUP to its launcher, PID ", running.found->state.launcher.pid));
    const TimeSpan longest = sum(policy_of(service).timeout_start, grace);
    const auto is_over = [&](const Running& now) {
        return now.found && now.found->state.reload.serial >= wanted;
    };
    running = await(service.directory, std::move(running),
                    {.text = concat(service.name, ": waiting for it to reload"),
                     .done = is_over,
                     .longest = longest,
                     .seen = [&](const Running& now) { narrator.see(now); }});
    const bool answered = is_over(running);
    if (!answered && running.launcher) {
        throw Failure(ExitCode::failure,
                      concat(service.name, ": no answer to the reload within ",
                             format_time_span(longest), ": its launcher, PID ",
                             running.found->state.launcher.pid, ", is alive, but does not update ",
                             service.directory, '/', state_name));
    }
    if (!answered || !running.found->state.reload.ok) {
        const std::string_view state =
            running.found ? name_of(running.found->state.state) : "unknown";
        const std::string why = answered ? running.found->state.reload.refusal : "";
        throw Failure(
            ExitCode::failure,
            concat(service.name, ": did not reload: ",
                   why.empty() ? concat("it is in state '", state, '\'') : printable(why)));
    }
    narrator.result("reloaded");
    return code_of(ExitCode::success);
}

} // namespace amphid
