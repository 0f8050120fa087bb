// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/plan.h"

#include "base/text.h"
#include "config/ready_rules.h"
#include "plan/file_names.h"
#include "resolve/context.h"
#include "resolve/import_notes.h"
#include "resolve/readiness.h"
#include "resolve/sockets.h"
#include "resolve/unit_path.h"

#include <algorithm>

namespace amphid {

namespace {

/// systemd.service(5): 0 disables these timeouts.
TimeSpan zero_is_infinity(TimeSpan span) {
    return span.usec == 0 ? TimeSpan::infinity() : span;
}

/// In the order of CommandList.
std::array<std::vector<Command>, command_lists> commands_of(const ServiceTable& service) {
    return {service.exec_condition.list,  service.exec_start_pre.list, service.exec_start.list,
            service.exec_start_post.list, service.exec_reload.list,    service.exec_stop.list,
            service.exec_stop_post.list,  service.on_success.list,     service.on_failure.list};
}

} // namespace

Signal reload_signal_of(const ServiceTable& service) {
    const bool by_default = service.type == ServiceType::notify_reload;
    return service.reload_signal.value_or(by_default ? Signal{SIGHUP} : Signal{});
}

bool can_reload(const ServiceTable& service) {
    return reload_signal_of(service).number != 0 || !service.exec_reload.list.empty();
}

Policy policy_of(const ServiceTable& service, bool restart_is_ours) {
    Policy out;
    // Type idle waits for systemd's other jobs; here there are none.
    out.type = service.type == ServiceType::idle ? ServiceType::simple : service.type;
    out.restart = service.restart;
    out.restart_is_ours = restart_is_ours;
    out.restart_delay = service.restart_sec;
    out.start_limit_burst = service.start_limit_burst;
    out.start_limit_interval = service.start_limit_interval_sec;
    out.restart_steps = service.restart_steps;
    out.restart_max_delay = service.restart_max_delay_sec;
    out.timeout_start = zero_is_infinity(timeout_start_of(service));
    out.timeout_stop = zero_is_infinity(service.timeout_stop_sec);
    out.drain = service.drain_sec;
    out.timeout_abort =
        zero_is_infinity(service.timeout_abort_sec.value_or(service.timeout_stop_sec));
    out.runtime_max = restart_is_ours ? service.runtime_max_sec : TimeSpan::infinity();
    out.success_exit_status = service.success_exit_status;
    out.restart_prevent_exit_status = service.restart_prevent_exit_status;
    out.restart_force_exit_status = service.restart_force_exit_status;
    out.remain_after_exit = service.remain_after_exit;
    out.has_pid_file = out.type == ServiceType::forking && !service.pid_file.text.empty();
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

void resolve_readiness(const Config& config, const Host& host, Plan& plan) {
    const ServiceTable& service = config.service;
    plan.ready = readiness_of(config.ready, host, plan.manager);
    plan.policy.has_conditions = !plan.ready.conditions.empty();
    plan.health = health_of(config.health);
    if (is_watched(service.watchdog_sec)) {
        plan.watchdog = service.watchdog_sec;
    }
    if (plan.announce == Announce::manager) {
        plan.manager_watchdog = watchdog_of_manager(host);
    }
    plan.watchdog_signal = service.watchdog_signal.number;
    plan.fd_store_max = service.file_descriptor_store_max;
    plan.fd_store_preserve = service.file_descriptor_store_preserve;
}

/// True if NOTIFY_SOCKET was set for us. If a shell inherited it from a systemd unit,
/// SYSTEMD_EXEC_PID names another process; other managers (OpenRC, s6, podman) do not set that one.
bool is_ours_to_notify(const Host& host, const Decision& decision) {
    return variable(host, "NOTIFY_SOCKET") &&
           (decision.manager != Manager::none || decision.we_are_pid_1 ||
            !variable(host, "SYSTEMD_EXEC_PID"));
}

/// In the foreground the service dies with the launcher: to s6, supervisord and shells they are the
/// same. The signal is the final one of a stop, since whoever kills a launcher has given up waiting
/// (a supervisor after its own timeout, the kernel out of memory), and since systemd does the same
/// to processes left by a main process (KillMode=mixed). If SIGKILL is disabled, it is the first
/// signal of a stop. Nothing is sent if systemd kills the processes itself, or if kill-mode is
/// "none".
int parent_death_signal_of(const ServiceTable& service, const Decision& decision) {
    const bool by_systemd = decision.manager != Manager::none && service.send_sigkill &&
                            service.kill_mode != KillMode::process;
    if (decision.mode == Mode::daemon || by_systemd || service.kill_mode == KillMode::none) {
        return 0;
    }
    return (service.send_sigkill ? service.final_kill_signal : service.kill_signal).number;
}

/// The entry of a unit's RuntimeDirectory= list that is meant for us.
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
    if (const auto place = variable(host, runtime_directory_variable)) {
        return place->starts_with('/') ? concat(*place, '/', name) : std::string();
    }
    if (host.uid == 0) {
        return concat("/run/amphid/", name);
    }
    const auto given = variable(host, "RUNTIME_DIRECTORY");
    if (given && executed_by_systemd(host) && !given->empty()) {
        return from_list(*given, name);
    }
    const auto xdg = variable(host, "XDG_RUNTIME_DIR");
    if (xdg && xdg->starts_with('/')) {
        return concat(*xdg, "/amphid/", name);
    }
    // A container has one place for them, too; its users need no home.
    return host.pid == 1 ? concat("/run/amphid/", name) : home_runtime_directory_of(name, host);
}

std::string home_runtime_directory_of(const std::string& name, const Host& host) {
    if (host.uid == 0 || executed_by_systemd(host) || variable(host, runtime_directory_variable)) {
        return {};
    }
    const std::string state = xdg_directory(host, "XDG_STATE_HOME", "/.local/state");
    const bool has_home = variable(host, "HOME").value_or("").starts_with('/') ||
                          variable(host, "XDG_STATE_HOME").value_or("").starts_with('/');
    return has_home ? concat(state, "/amphid/run/", name) : std::string();
}

std::string no_runtime_directory(const Host& host) {
    if (const auto place = variable(host, runtime_directory_variable)) {
        return concat("no place for its files: ", runtime_directory_variable, '=',
                      printable(*place), " is not an absolute path");
    }
    return executed_by_systemd(host)
               ? "no place for its files: the unit needs RuntimeDirectory=amphid/NAME"
               : "no place for its files: neither XDG_RUNTIME_DIR nor HOME is set; set one of them "
                 "or [launcher] runtime-directory";
}

namespace {

/// Whether systemd will restart the service or gives up, only systemd knows.
void concede_end_hooks(const Config& config, std::vector<std::string>& out) {
    const std::pair<const Commands&, std::string_view> hooks[] = {
        {config.service.on_success, "OnSuccess"}, {config.service.on_failure, "OnFailure"}};
    for (const auto& [commands, directive] : hooks) {
        const auto& unit = config.systemd.unit;
        const bool replaced =
            std::any_of(unit.begin(), unit.end(), [&, name = directive](const Directive& other) {
                return other.name == name;
            });
        if (!commands.list.empty() && !replaced) {
            out.push_back(concat(directive == "OnSuccess" ? "on-success" : "on-failure",
                                 " does not run under systemd, which decides about restarts: name "
                                 "a unit with ",
                                 directive, "= in [systemd.unit]"));
        }
    }
}

} // namespace

Plan make_plan(const Config& config, const ServiceFile& file, const Host& host,
               const Decision& decision) {
    Plan plan;
    plan.detach = decision.mode == Mode::daemon;
    const bool manager_listens = !plan.detach && is_ours_to_notify(host, decision);
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
    plan.signal_rewrites = config.launcher.signals.pairs;
    plan.kill_signal = config.service.kill_signal.number;
    plan.restart_kill_signal =
        config.service.restart_kill_signal.value_or(config.service.kill_signal).number;
    plan.final_kill_signal = config.service.final_kill_signal.number;
    plan.send_sighup = config.service.send_sighup;
    plan.parent_death_signal = parent_death_signal_of(config.service, decision);
    plan.reload_signal = reload_signal_of(config.service).number;
    plan.forking_pid_file = config.service.pid_file.text;
    plan.notify_access =
        config.service.notify_access.value_or(default_notify_access(config.service));
    plan.policy.hears_service = plan.notify_access != NotifyAccess::none;
    plan.in_place = config.launcher.supervise == Supervise::never;
    if (plan.in_place) {
        plan.parent_death_signal = 0; // there is no launcher to die
    }
    resolve_readiness(config, host, plan);
    plan.sockets = sockets_of(config, plan.name);
    for (const Socket& socket : plan.sockets) {
        plan.socket_names.push_back(socket.settings.name);
    }
    if (plan.in_place) {
        plan.watchdog = plan.manager_watchdog;
    }
    plan.we_are_pid_1 = decision.we_are_pid_1;
    resolve_context(config.service, config.log, host, plan);
    plan.context.sandbox.is_optional = config.launcher.sandbox == SandboxChoice::warn;
    if (!config.instance.empty()) {
        set_variable(plan.context.environment, "AMPHID_INSTANCE", config.instance);
    }
    plan.concessions = concessions(config.service, plan.context, host);
    const std::string unapplied = applied_only_by_systemd(config.systemd);
    if (plan.manager == Manager::none && !unapplied.empty()) {
        plan.concessions.push_back(concat("not applied outside systemd: ", unapplied));
    }
    if (plan.manager != Manager::none) {
        concede_end_hooks(config, plan.concessions);
    }
    return plan;
}

std::string why_not_in_place(const Plan& plan, bool tells) {
    const auto refuse = [&](std::string_view key, std::string_view why) {
        return concat(plan.name, ": ", key, " needs ", why, ", but supervise is 'never'");
    };
    if (!plan.in_place) {
        return {};
    }
    if (is_notify(plan.policy.type) && (plan.announce != Announce::manager || tells)) {
        return refuse("type 'notify'", "a manager to be notified or a launcher");
    }
    if (plan.manager != Manager::none && !commands_of(plan, CommandList::exec_stop).empty()) {
        return refuse("exec-stop under systemd", "a launcher that stays with the service");
    }
    return {};
}

std::vector<std::string> warnings_about(const Plan& plan, const Host& host) {
    std::vector<std::string> out;
    for (const std::string& concession : plan.concessions) {
        out.push_back(concat(plan.name, ": ", concession));
    }
    const bool untold = plan.manager != Manager::none && !variable(host, "NOTIFY_SOCKET");
    if (untold && is_notify(plan.policy.type)) {
        out.push_back(concat(plan.name, ": the unit gives no NOTIFY_SOCKET, systemd cannot be told "
                                        "that the service is ready; use Type=notify (for "
                                        "Type=forking: `amphid start --daemon`)"));
    }
    if (!plan.health.checks.empty() && plan.health.longest_silence() >= plan.manager_watchdog) {
        out.push_back(concat(plan.name, ": the unit's WatchdogSec= (",
                             format_time_span(plan.manager_watchdog),
                             ") is not longer than interval-sec and timeout-sec of [health]: a "
                             "slow check would look like a failed one"));
    }
    return out;
}

} // namespace amphid
