// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/plan.h"

#include "base/text.h"
#include "plan/file_names.h"

#include <algorithm>

namespace amphid {

namespace {

/// systemd.service(5): 0 switches these timeouts off.
TimeSpan zero_is_infinity(TimeSpan span) {
    return span.usec == 0 ? TimeSpan::infinity() : span;
}

/// In the order of CommandList.
std::array<std::vector<Command>, command_lists> commands_of(const ServiceTable& service) {
    return {service.exec_condition.list,  service.exec_start_pre.list, service.exec_start.list,
            service.exec_start_post.list, service.exec_reload.list,    service.exec_stop.list,
            service.exec_stop_post.list};
}

} // namespace

Policy policy_of(const ServiceTable& service, bool restart_is_ours) {
    Policy out;
    out.type = service.type;
    out.restart = service.restart;
    out.restart_is_ours = restart_is_ours;
    out.restart_delay = service.restart_sec;
    out.start_limit_burst = service.start_limit_burst;
    out.start_limit_interval = service.start_limit_interval_sec;
    out.restart_steps = service.restart_steps;
    out.restart_max_delay = service.restart_max_delay_sec;
    out.timeout_start = zero_is_infinity(service.timeout_start_sec.value_or(
        service.type == ServiceType::oneshot ? TimeSpan::infinity() : out.timeout_start));
    out.timeout_stop = zero_is_infinity(service.timeout_stop_sec);
    out.success_exit_status = service.success_exit_status;
    out.restart_prevent_exit_status = service.restart_prevent_exit_status;
    out.restart_force_exit_status = service.restart_force_exit_status;
    out.remain_after_exit = service.remain_after_exit;
    out.has_pid_file = !service.pid_file.text.empty();
    out.kill_mode = service.kill_mode;
    out.send_sigkill = service.send_sigkill;
    const auto commands = commands_of(service);
    for (std::size_t list = 0; list < commands.size(); ++list) {
        for (const Command& command : commands[list]) {
            out.ignored_failures[list].push_back(command.ignore_failure);
        }
    }
    return out;
}

namespace {

/// systemd's StandardOutput= and StandardError= over our two defaults.
void resolve_outputs(const ServiceTable& service, Plan& plan) {
    const OutputKind fallback = plan.detach ? OutputKind::null : OutputKind::inherit;
    const Output& output = service.standard_output;
    const Output& error = service.standard_error;
    plan.context.standard_output =
        output.kind == OutputKind::automatic ? Output{fallback, {}} : output;
    const bool asked = error.kind == OutputKind::inherit &&
                       plan.context.standard_output.kind != OutputKind::inherit;
    const bool by_default = error.kind == OutputKind::automatic && output.kind >= OutputKind::file;
    const bool same_file = error.kind >= OutputKind::file && error == output;
    plan.context.error_joins_output = asked || by_default || same_file;
    plan.context.standard_error = error;
    if (error.kind == OutputKind::automatic && !plan.detach) {
        plan.context.standard_error.kind = OutputKind::inherit;
    }
}

/// Variables that speak to the launcher, not to what it starts.
bool is_for_us(std::string_view name) {
    constexpr std::string_view names[] = {"NOTIFY_SOCKET",  "SYSTEMD_EXEC_PID", "WATCHDOG_PID",
                                          "WATCHDOG_USEC",  "LISTEN_PID",       "LISTEN_FDS",
                                          "LISTEN_FDNAMES", "LISTEN_PIDFDID",   "MAINPID",
                                          "MAINPIDFDID",    "MAINPIDFD"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool journal_stays(const Plan& plan, const Host& host) {
    const bool output = plan.context.standard_output.kind == OutputKind::inherit;
    const bool error =
        plan.context.standard_error.kind == OutputKind::inherit && !plan.context.error_joins_output;
    return (output && host.output_is_journal) || (error && host.error_is_journal);
}

Environment given_environment(const Plan& plan, const Host& host) {
    Environment out;
    for (const std::string& entry : host.environment) {
        const std::string_view name = std::string_view(entry).substr(0, entry.find('='));
        const bool replaced = name == "SYSTEMD_EXEC_PID" && plan.manager == Manager::none;
        if (is_for_us(name) && !replaced) {
            continue;
        }
        if (name == "JOURNAL_STREAM" && !journal_stays(plan, host)) {
            continue;
        }
        out.push_back(entry);
    }
    return out;
}

Environment clean_environment(const Host& host) {
    Environment out{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
    if (const auto lang = variable(host, "LANG")) {
        set_variable(out, "LANG", *lang);
    }
    return out;
}

void resolve_environment(const ServiceTable& service, const Host& host, Plan& plan) {
    plan.context.environment =
        plan.detach ? clean_environment(host) : given_environment(plan, host);
    plan.context.keep_invocation_id = plan.manager != Manager::none;
    for (const std::string& assignment : service.environment.list) {
        const auto equals = assignment.find('=');
        set_variable(plan.context.environment, assignment.substr(0, equals),
                     assignment.substr(equals + 1));
    }
}

/// The one of a unit's RuntimeDirectory= list that is meant for us.
std::string from_list(std::string_view list, const std::string& name) {
    const auto directories = split(list, ':');
    for (const std::string_view directory : directories) {
        if (directory.ends_with(concat("/amphid/", name))) {
            return std::string(directory);
        }
    }
    return std::string(directories.front());
}

} // namespace

std::string runtime_directory_of(const std::string& name, const std::string& configured,
                                 const Host& host) {
    if (!configured.empty()) {
        return configured;
    }
    if (host.uid == 0) {
        return concat("/run/amphid/", name);
    }
    const auto given = variable(host, "RUNTIME_DIRECTORY");
    if (given && executed_by_systemd(host) && !given->empty()) {
        return from_list(*given, name);
    }
    const auto xdg = variable(host, "XDG_RUNTIME_DIR");
    return xdg && xdg->starts_with('/') ? concat(*xdg, "/amphid/", name) : std::string();
}

std::string no_runtime_directory(const Host& host) {
    return executed_by_systemd(host)
               ? "no place for its files: the unit needs RuntimeDirectory=amphid/NAME"
               : "no place for its files: XDG_RUNTIME_DIR is not set; set it or [launcher] "
                 "runtime-directory";
}

Plan make_plan(const Config& config, const ServiceFile& file, const Host& host,
               const Decision& decision) {
    Plan plan;
    plan.detach = decision.mode == Mode::daemon;
    const bool manager_listens = !plan.detach && variable(host, "NOTIFY_SOCKET") &&
                                 (decision.manager != Manager::none || decision.we_are_pid_1);
    plan.announce = plan.detach       ? Announce::starting_command
                    : manager_listens ? Announce::manager
                                      : Announce::nobody;
    plan.policy = policy_of(config.service, decision.manager == Manager::none);
    plan.name = config.launcher.name.empty() ? file.stem : config.launcher.name;
    plan.config = file.path;
    plan.paths.directory =
        runtime_directory_of(plan.name, config.launcher.runtime_directory.text, host);
    plan.paths.pid_file = config.launcher.pid_file.text;
    if (plan.paths.pid_file.empty() && !plan.paths.directory.empty()) {
        plan.paths.pid_file = concat(plan.paths.directory, '/', pid_name);
    }
    plan.paths.service_pid_file = config.launcher.service_pid_file.text;
    plan.manager = decision.manager;
    plan.commands = commands_of(config.service);
    plan.kill_signal = config.service.kill_signal.number;
    plan.restart_kill_signal =
        config.service.restart_kill_signal.value_or(config.service.kill_signal).number;
    plan.final_kill_signal = config.service.final_kill_signal.number;
    plan.send_sighup = config.service.send_sighup;
    plan.reload_signal = config.service.reload_signal.number;
    plan.forking_pid_file = config.service.pid_file.text;
    plan.notify_access = config.service.notify_access.value_or(
        is_notify(plan.policy.type) ? NotifyAccess::main : NotifyAccess::none);
    plan.context.working_directory = config.service.working_directory.text;
    if (plan.context.working_directory.empty() && plan.detach) {
        plan.context.working_directory = "/";
    }
    plan.context.umask = config.service.umask.bits;
    plan.we_are_pid_1 = decision.we_are_pid_1;
    resolve_outputs(config.service, plan);
    resolve_environment(config.service, host, plan);
    return plan;
}

std::vector<std::string> warnings_about(const Plan& plan, const Host& host) {
    std::vector<std::string> out;
    const bool untold = plan.manager != Manager::none && !variable(host, "NOTIFY_SOCKET");
    if (untold && is_notify(plan.policy.type)) {
        out.push_back(concat(plan.name, ": the unit gives no NOTIFY_SOCKET, systemd cannot be told "
                                        "when the service is ready: use Type=notify (for "
                                        "Type=forking: `amphid start --daemon`)"));
    }
    return out;
}

} // namespace amphid
