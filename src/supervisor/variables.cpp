// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/variables.h"

#include "base/signal_name.h"
#include "base/text.h"
#include "os/spawn.h"

namespace amphid {

namespace {

/// $EXIT_CODE and $EXIT_STATUS of systemd.exec(5); a failed exec is reported as the exit of
/// systemd's executor.
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
    return out;
}

} // namespace amphid
