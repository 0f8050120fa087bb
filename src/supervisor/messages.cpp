// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/messages.h"

#include "base/signal_name.h"
#include "base/text.h"
#include "machine/ending.h"
#include "plan/exec_syntax.h"

#include <syslog.h>

namespace amphid {

std::string indented(std::string_view words) {
    std::string out;
    for (const std::string_view line : split(words, '\n')) {
        out += line.empty() ? "" : concat("    ", printable(line), '\n');
    }
    return out;
}

std::string awaited(const Situation& of) {
    const Machine& machine = of.machine;
    if (machine.awaits_main) {
        return concat("the pid file ", of.plan.forking_pid_file);
    }
    if (machine.control_alive) {
        return concat(name_of(machine.list), ' ',
                      commands_of(of.plan, machine.list)[machine.command].path);
    }
    if (machine.asks) {
        return of.unmet;
    }
    if (machine.state != ServiceState::start) {
        return {};
    }
    // Not "READY=1": this is sent in a STATUS, and some managers search for just that.
    return is_notify(of.plan.policy.type)                ? "its READY (sd_notify)"
           : of.plan.policy.type == ServiceType::oneshot ? "the end of exec-start"
                                                         : "";
}

std::string ready_message(const Situation& of, bool adopted) {
    const Plan& plan = of.plan;
    if (plan.policy.type == ServiceType::oneshot) {
        return concat(plan.name, ": done");
    }
    return concat(plan.name, adopted ? ": taken over (PID " : ": ready (PID ", of.launcher_pid,
                  of.main_pid > 0 ? concat(", main PID ", of.main_pid) : "", ')');
}

std::string status_line(const Situation& of) {
    const Plan& plan = of.plan;
    const ActivationFacts& activation = of.activation;
    switch (of.machine.state) {
    case ServiceState::condition:
    case ServiceState::start_pre:
    case ServiceState::start:
    case ServiceState::start_post:
        return activation.status_text.empty()
                   ? concat("Starting: waiting for ", activation.waiting_for)
                   : concat("Starting: ", activation.status_text);
    case ServiceState::drain:
        return concat("Stopping in ", format_time_span(plan.policy.drain));
    case ServiceState::stop_sigterm:
        if (!of.machine.terminated) {
            return "Stopping on its own";
        }
        return concat("Stopping",
                      of.told_by_others ? "" : concat(" with ", signal_name(plan.kill_signal)),
                      ", for at most ", format_time_span(plan.policy.timeout_stop));
    case ServiceState::stop_watchdog:
        return concat("Killing it with ", signal_name(plan.watchdog_signal),
                      activation.ailment.empty() ? "" : concat(", ", activation.ailment));
    case ServiceState::stop:
        return "Stopping with exec-stop";
    case ServiceState::stop_post:
        return of.machine.end_hooks == EndHooks::none
                   ? std::string("Stopping with exec-stop-post")
                   : concat("Running ", name_of(of.machine.list));
    case ServiceState::final_sigterm:
        return concat("Stopping remaining processes with ", signal_name(plan.kill_signal));
    case ServiceState::stop_sigkill:
    case ServiceState::final_sigkill:
        return concat("Stopping with ", signal_name(plan.final_kill_signal));
    case ServiceState::dead:
        return "Stopped";
    case ServiceState::exited:
        return "Exited successfully, still active";
    default:
        if (!activation.status_text.empty()) {
            return activation.status_text;
        }
        return of.main_pid > 0 ? concat("Running, main PID ", of.main_pid) : "Running";
    }
}

LogLine transition_message(const Situation& of, const std::function<std::string()>& members) {
    const Plan& plan = of.plan;
    const Policy& policy = plan.policy;
    switch (of.machine.state) {
    case ServiceState::drain:
        return {LOG_INFO, concat("stopping in ", format_time_span(policy.drain)),
                Occasion::stopping};
    case ServiceState::stop_sigterm:
        if (!of.machine.terminated) {
            return {LOG_INFO, "stopping on its own", Occasion::stopping};
        }
        if (of.told_by_others) {
            return {LOG_INFO, "stopping", Occasion::stopping};
        }
        return {
            LOG_INFO,
            concat("stopping with ", signal_name(plan.kill_signal), " PID ",
                   policy.kill_mode == KillMode::control_group ? members() : concat(of.main_pid)),
            Occasion::stopping};
    case ServiceState::stop_watchdog:
        return {LOG_ERR,
                concat("killing it with ", signal_name(plan.watchdog_signal), ", PID ", members())};
    case ServiceState::stop_sigkill:
        return {LOG_WARNING, concat("still running after ", format_time_span(policy.timeout_stop),
                                    ", killing PID ", members())};
    default:
        return {};
    }
}

std::string restart_message(TimeSpan delay) {
    return concat("restarting ",
                  delay.usec == 0 ? "at once" : concat("in ", format_time_span(delay)));
}

namespace {

std::string value_text(const std::optional<int>& value) {
    return value ? concat(*value) : std::string();
}

std::string scheduling_text(const Scheduling& scheduling) {
    const std::string policy(scheduling.policy ? name_of(*scheduling.policy) : "");
    return scheduling.priority ? concat(policy, " with priority ", *scheduling.priority) : policy;
}

std::string list_limits(const ExecContext& context) {
    std::string out;
    for (const Resource resource : every<Resource>()) {
        const auto& limit = context.limits[static_cast<std::size_t>(resource)];
        out += limit ? concat(out.empty() ? "" : ", ", "limit-", name_of(resource), ' ',
                              format_limit(*limit))
                     : std::string();
    }
    return out;
}

/// The object of a failure between fork and exec: the value of the setting, or a path.
std::string object_of(const Situation& of, const MainExit& exit, const Command& command) {
    if (!of.refused_object.empty()) {
        return of.refused_object;
    }
    const ExecContext& context = of.plan.context;
    switch (exit.stage) {
    case ExecStage::limits:
        return list_limits(context);
    case ExecStage::nice:
        return value_text(context.scheduling.nice);
    case ExecStage::oom_adjust:
        return value_text(context.scheduling.oom_score_adjust);
    case ExecStage::setscheduler:
        return scheduling_text(context.scheduling);
    case ExecStage::cpuaffinity:
        return format_cpus(context.scheduling.affinity.value_or(CpuSet{}));
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

const Command& blamed_command(const Situation& of) {
    const Blame& blame = of.machine.blame;
    const auto& list = commands_of(of.plan, blame.control ? blame.list : CommandList::exec_start);
    return list[blame.control ? blame.command : of.machine.main_command];
}

/// The service's own explanation: STATUS=, ERRNO= and BUSERROR= of sd_notify(3).
std::string own_explanation(const ActivationFacts& activation) {
    std::string out = activation.status_text;
    for (const std::string& more :
         {errno_text(activation.status_errno), activation.status_bus_error}) {
        out += more.empty() ? "" : concat(out.empty() ? "" : ", ", more);
    }
    return out;
}

} // namespace

std::string failure_message(const Situation& of) {
    const Machine& machine = of.machine;
    const MainExit& exit = machine.blame.control ? machine.blame.exit : machine.exit;
    const std::string& refusal = of.activation.out_of_resources;
    std::string why =
        describe_result(machine, of.plan.policy,
                        refusal.empty() ? describe_cause(machine, of.plan.policy,
                                                         object_of(of, exit, blamed_command(of)))
                                        : refusal);
    if (machine.asks && machine.result == ServiceResult::timeout && !of.unmet.empty()) {
        why += concat(": ", of.unmet);
    }
    // Which pid file, and what is wrong with it.
    const bool no_main =
        (machine.result == ServiceResult::timeout || machine.result == ServiceResult::protocol) &&
        !machine.ready && of.main_pid == 0;
    if (no_main && !of.activation.refused_pid_file.empty()) {
        why += concat(": ", of.activation.refused_pid_file);
    }
    return concat(of.plan.name, machine.ready ? " failed: " : " failed to start: ", why);
}

std::string failure_details(const Situation& of, std::string_view last_words) {
    std::string out;
    const ActivationFacts& activation = of.activation;
    const auto add = [&](std::string_view text) {
        out += concat("amphid: ", printable(text), '\n');
    };
    if (const std::string said = own_explanation(activation); !said.empty() && !of.machine.ready) {
        add(concat(of.plan.name, " said: ", said));
    }
    if (!activation.refused_message.empty() && !of.machine.ready) {
        add(concat(of.plan.name, ": ", activation.refused_message));
    }
    if (!last_words.empty()) {
        add(concat("last words of ", of.plan.name, ':'));
        out += indented(last_words);
    }
    return out;
}

} // namespace amphid
