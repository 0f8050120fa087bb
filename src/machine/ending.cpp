// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/ending.h"

#include "base/signal_name.h"
#include "base/text.h"

#include <cstring>

namespace amphid {

namespace {

/// The result of the last activation, even if the start limit then prevented another one.
ServiceResult last_result(const Machine& machine) {
    return machine.result == ServiceResult::start_limit_hit ? machine.blame.result : machine.result;
}

} // namespace

Ending ending_of(const Machine& machine, const Policy& policy, Above above) {
    const MainExit& exit = machine.exit;
    if (exit.kind == ExitKind::exec_failed) {
        return {exit.stage == ExecStage::none ? 1 : exit_status_of(exit.stage), 0};
    }
    const Blame& blame = machine.blame;
    if (blame.control && blame.list == CommandList::exec_start &&
        blame.exit.kind == ExitKind::exited) {
        return {blame.exit.status, 0}; // type forking
    }
    const ServiceResult last = last_result(machine);
    const bool failed =
        machine.result != ServiceResult::success && machine.result != ServiceResult::exec_condition;
    const bool ours = (last == ServiceResult::timeout && !machine.ready) ||
                      last == ServiceResult::resources || (failed && machine.blame.control);
    if (ours || (failed && exit.kind == ExitKind::unknown)) {
        return {1, 0}; // it died of our own signal, or the cause is unknown
    }
    const bool remapped =
        above == Above::container_engine && policy.success_exit_status.contains(exit);
    if (!failed &&
        (remapped || policy.ignores_failure(CommandList::exec_start, machine.main_command))) {
        return {0, 0};
    }
    if (exit.kind == ExitKind::killed || exit.kind == ExitKind::dumped) {
        return {0, exit.status};
    }
    const bool keeps_zero = above == Above::manager && machine.result == ServiceResult::protocol;
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
    case ExitKind::unknown:
        return "exit status unknown";
    }
    return {};
}

namespace {

/// What timed out.
std::string describe_timeout(const Machine& machine, const Policy& policy) {
    const std::string start = format_time_span(policy.timeout_start);
    const std::string stop = format_time_span(policy.timeout_stop);
    switch (machine.blame.in) {
    case ServiceState::start:
        return machine.asks             ? concat("[ready] was not met within ", start)
               : is_notify(policy.type) ? concat("no READY=1 within ", start)
               : machine.awaits_main    ? concat("no usable pid file within ", start)
                                        : concat("exec-start did not finish within ", start);
    case ServiceState::start_post:
        return machine.awaits_main
                   ? concat("no usable pid file within ", start)
                   : concat(name_of(machine.blame.list), " did not finish within ", start);
    case ServiceState::running:
        return concat("it ran longer than ", format_time_span(policy.runtime_max));
    case ServiceState::condition:
    case ServiceState::start_pre:
        return concat("exec-", name_of(machine.blame.in), " did not finish within ", start);
    case ServiceState::stop:
    case ServiceState::stop_post:
        return concat("exec-", name_of(machine.blame.in), " did not finish within ", stop);
    default:
        return concat("did not stop within ", stop);
    }
}

} // namespace

std::string describe_cause(const Machine& machine, const Policy& policy, std::string_view object) {
    const MainExit& exit = machine.blame.control ? machine.blame.exit : machine.exit;
    const std::string how = describe_exit(exit, object);
    switch (last_result(machine)) {
    case ServiceResult::timeout:
        return describe_timeout(machine, policy);
    case ServiceResult::protocol:
        return is_notify(policy.type) ? concat(how, " before READY=1")
               : policy.type == ServiceType::forking && machine.exit.kind == ExitKind::none
                   ? std::string(machine.asks ? "all its processes exited before [ready] was met"
                                              : "it exited without a usable pid file")
                   : concat(how, " before it was ready");
    case ServiceResult::watchdog:
        return concat("it failed its health check or watchdog; ", how);
    default:
        return machine.blame.control ? concat(name_of(machine.blame.list), ' ', how) : how;
    }
}

std::string describe_result(const Machine& machine, const Policy& policy, std::string_view cause) {
    const bool limit = machine.result == ServiceResult::start_limit_hit;
    return concat(limit ? concat(policy.start_limit_burst, " starts within ",
                                 format_time_span(policy.start_limit_interval), "; last failure: ")
                        : std::string(),
                  cause, " (result '", name_of(machine.result), "')");
}

std::string describe_failure(const Machine& machine, const Policy& policy,
                             std::string_view object) {
    return describe_result(machine, policy, describe_cause(machine, policy, object));
}

} // namespace amphid
