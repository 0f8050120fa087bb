// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/ending.h"

#include "base/signal_name.h"
#include "base/text.h"

#include <cstring>

namespace amphid {

Ending ending_of(const Machine& machine, const Policy& policy, bool under_manager) {
    const MainExit& exit = machine.exit;
    if (exit.kind == ExitKind::exec_failed) {
        return {exit.stage == ExecStage::none ? 1 : exit_status_of(exit.stage), 0};
    }
    const bool failed = machine.result != ServiceResult::success;
    const bool ours = (machine.result == ServiceResult::timeout && !machine.ready) ||
                      machine.result == ServiceResult::resources;
    if (ours) {
        return {1, 0}; // what it died of was our own signal
    }
    if (policy.ignore_failure && !failed) {
        return {0, 0};
    }
    if (exit.kind == ExitKind::killed || exit.kind == ExitKind::dumped) {
        return {0, exit.status};
    }
    const bool keeps_zero = under_manager && machine.result == ServiceResult::protocol;
    return {failed && exit.status == 0 && !keeps_zero ? 1 : exit.status, 0};
}

std::string describe_exit(const MainExit& exit, std::string_view object) {
    switch (exit.kind) {
    case ExitKind::none:
        return "not started";
    case ExitKind::exited:
        return concat("exited with code ", exit.status);
    case ExitKind::killed:
        return concat("killed by signal ", signal_name(exit.status));
    case ExitKind::dumped:
        return concat("killed by signal ", signal_name(exit.status), ", core dumped");
    case ExitKind::exec_failed:
        return concat(exit.stage == ExecStage::none ? "fork" : name_of(exit.stage), ' ', object,
                      ": ", std::strerror(exit.status));
    }
    return {};
}

std::string describe_failure(const Machine& machine, const Policy& policy,
                             std::string_view object) {
    const std::string how = describe_exit(machine.exit, object);
    std::string text;
    switch (machine.result) {
    case ServiceResult::timeout:
        text = machine.ready ? concat("did not stop within ", format_time_span(policy.timeout_stop))
                             : concat("no READY=1 within ", format_time_span(policy.timeout_start));
        break;
    case ServiceResult::protocol:
        text = concat(how, " before READY=1");
        break;
    case ServiceResult::start_limit_hit:
        text = concat(policy.start_limit_burst, " starts within ",
                      format_time_span(policy.start_limit_interval), ", the last one ", how);
        break;
    default:
        text = how;
    }
    return concat(text, " (result '", name_of(machine.result), "')");
}

} // namespace amphid
