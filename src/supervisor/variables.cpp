// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/variables.h"

#include "base/signal_name.h"
#include "base/text.h"
#include "os/spawn.h"
#include "plan/unit_name.h"

namespace amphid {

namespace {

/// $EXIT_CODE and $EXIT_STATUS of systemd.exec(5); a failed exec is reported as the exit of
/// systemd's executor.
void add_exit(Environment& out, const MainExit& exit, std::string_view prefix = "") {
    const auto set = [&](std::string_view code, std::string_view status) {
        set_variable(out, concat(prefix, "EXIT_CODE"), code);
        set_variable(out, concat(prefix, "EXIT_STATUS"), status);
    };
    switch (exit.kind) {
    case ExitKind::exited:
        set("exited", concat(exit.status));
        return;
    case ExitKind::exec_failed:
        set("exited", concat(exit_status_of(exit.stage)));
        return;
    case ExitKind::killed:
    case ExitKind::dumped:
        set(name_of(exit.kind), signal_name(exit.status).substr(3)); // without "SIG"
        return;
    case ExitKind::none:
    case ExitKind::unknown:
        return;
    }
}

/// What the units of OnSuccess= and OnFailure= are told: systemd.exec(5), $MONITOR_UNIT and its
/// kin.
void add_monitor(Environment& out, const Plan& plan, const Machine& machine,
                 const ActivationFacts& activation) {
    set_variable(out, "MONITOR_SERVICE_RESULT", name_of(machine.result));
    add_exit(out, machine.exit, "MONITOR_");
    set_variable(out, "MONITOR_INVOCATION_ID", activation.invocation_id);
    set_variable(out, "MONITOR_UNIT", concat(plan.name, service_suffix));
}

/// sd_watchdog_enabled(3).
void add_watchdog(Environment& out, TimeSpan interval) {
    if (!interval.is_infinite()) {
        set_variable(out, "WATCHDOG_PID", SpawnRequest::pid_placeholder);
        set_variable(out, "WATCHDOG_USEC", concat(interval.usec));
    }
}

} // namespace

Environment variables_for(CommandList list, const Plan& plan, const Machine& machine,
                          const ActivationFacts& activation, int main_pid) {
    Environment out;
    if (!plan.context.keep_invocation_id) {
        set_variable(out, "INVOCATION_ID", activation.invocation_id);
    }
    if (main_pid > 0 && list != CommandList::exec_start) {
        set_variable(out, "MAINPID", concat(main_pid));
    }
    if (!plan.forking_pid_file.empty()) {
        set_variable(out, "PIDFILE", plan.forking_pid_file);
    }
    if (list == CommandList::exec_start) {
        add_watchdog(out, plan.watchdog);
    }
    if (list == CommandList::exec_stop || list == CommandList::exec_stop_post) {
        set_variable(out, "SERVICE_RESULT", name_of(machine.result));
        add_exit(out, machine.exit);
    }
    if (list == CommandList::on_success || list == CommandList::on_failure) {
        add_monitor(out, plan, machine, activation);
    }
    return out;
}

} // namespace amphid
