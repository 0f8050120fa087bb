// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/rules.h"

#include "base/text.h"
#include "config/hints.h"
#include "config/in_place_rules.h"
#include "config/log_rules.h"
#include "config/ready_rules.h"
#include "config/socket_rules.h"
#include "plan/service_name.h"
#include "plan/unit_name.h"

#include <algorithm>

namespace amphid {

namespace {

using Found = std::optional<Diagnostic>;

/// For systemd's names, too.
Found warning_at(const Config& config, std::string_view key, std::string message) {
    return Diagnostic{Diagnostic::Severity::warning, place_of(config, key), std::move(message)};
}

Found exec_start_is_required(const Config& config) {
    if (is_set(config, "service.exec-start")) {
        return std::nullopt;
    }
    return error_at(config, "service",
                    "the key 'exec-start' in [service] is missing: set it to the command to run");
}

Found runtime_directory_is_its_own(const Config& config) {
    if (config.launcher.runtime_directory.text.find_first_not_of('/') != std::string::npos ||
        config.launcher.runtime_directory.text.empty()) {
        return std::nullopt;
    }
    return error_at(config, "launcher.runtime-directory",
                    "the files of a service need a directory of their own, not '/'");
}

Found launcher_name_is_a_service_name(const Config& config) {
    if (!is_set(config, "launcher.name") || is_service_name(config.launcher.name)) {
        return std::nullopt;
    }
    return error_at(config, "launcher.name", concat("a service name has ", service_name_rule));
}

Found notify_type_needs_notify_access(const Config& config) {
    if (!is_notify(config.service.type) || config.service.notify_access != NotifyAccess::none) {
        return std::nullopt;
    }
    return error_at(config, "service.notify-access",
                    concat("type '", name_of(config.service.type),
                           "' with notify-access 'none' could never become ready"));
}

Found only_oneshot_has_several_commands(const Config& config) {
    if (config.service.exec_start.list.size() == 1 || config.service.type == ServiceType::oneshot) {
        return std::nullopt;
    }
    return error_at(config, "service.exec-start",
                    "only type 'oneshot' takes more than one command");
}

/// systemd.service(5), Restart=: it would run for ever.
Found oneshot_is_not_restarted_after_success(const Config& config) {
    const Restart restart = config.service.restart;
    const bool endless = restart == Restart::always || restart == Restart::on_success;
    if (config.service.type != ServiceType::oneshot || !endless) {
        return std::nullopt;
    }
    return error_at(
        config, "service.restart",
        concat("restart '", name_of(restart), "' with type 'oneshot' would restart forever"));
}

Found restart_steps_need_an_end(const Config& config) {
    const ServiceTable& service = config.service;
    const bool grows = service.restart_steps > 0;
    const bool has_end = !service.restart_max_delay_sec.is_infinite();
    if (grows && (!has_end || service.restart_max_delay_sec <= service.restart_sec)) {
        return error_at(config, "service.restart-steps",
                        "restart-steps needs a restart-max-delay-sec above restart-sec");
    }
    if (has_end && !grows) {
        return error_at(config, "service.restart-max-delay-sec",
                        "restart-max-delay-sec needs restart-steps");
    }
    return std::nullopt;
}

/// The least time that start-limit-burst restarts take.
TimeSpan shortest_series(const ServiceTable& service) {
    const bool grows = service.restart_steps > 0 && !service.restart_max_delay_sec.is_infinite();
    const unsigned at_first = grows ? std::min(service.start_limit_burst, service.restart_steps)
                                    : service.start_limit_burst;
    const auto times = [](TimeSpan span, unsigned n) {
        return n == 0 || span.usec <= TimeSpan::infinity().usec / 2 / n
                   ? TimeSpan{span.usec * n}
                   : TimeSpan{TimeSpan::infinity().usec / 2};
    };
    const TimeSpan first = times(service.restart_sec, at_first);
    const TimeSpan rest =
        grows ? times(service.restart_max_delay_sec, service.start_limit_burst - at_first)
              : TimeSpan{};
    return {first.usec + rest.usec};
}

/// supervise-daemon(8) has the same trap: with delays longer than the interval the limit is never
/// reached.
Found start_limit_can_trigger(const Config& config) {
    const ServiceTable& service = config.service;
    const bool asked = is_set(config, "service.start-limit-burst") ||
                       is_set(config, "service.start-limit-interval-sec");
    const bool off = service.start_limit_burst == 0 || service.start_limit_interval_sec.usec == 0;
    if (!asked || off || service.restart == Restart::no) {
        return std::nullopt;
    }
    if (shortest_series(service) <= service.start_limit_interval_sec) {
        return std::nullopt;
    }
    const std::string_view key = is_set(config, "service.start-limit-burst")
                                     ? "service.start-limit-burst"
                                     : "service.start-limit-interval-sec";
    return warning_at(config, key,
                      concat("this start limit can never trigger: ", service.start_limit_burst,
                             " restarts, ", format_time_span(service.restart_sec),
                             " apart, take longer than ",
                             format_time_span(service.start_limit_interval_sec)));
}

Found pid_files_differ(const Config& config) {
    const std::string& ours = config.launcher.pid_file.text;
    if (!ours.empty() && ours == config.launcher.service_pid_file.text) {
        return error_at(config, "launcher.service-pid-file",
                        "service-pid-file and pid-file name the same file");
    }
    const std::string& theirs = config.service.pid_file.text;
    if (!theirs.empty() && (theirs == ours || theirs == config.launcher.service_pid_file.text)) {
        return error_at(config, "service.pid-file",
                        "the launcher would write into the service's own pid file");
    }
    return std::nullopt;
}

Found pid_files_are_files(const Config& config) {
    const std::pair<std::string_view, const std::string&> files[] = {
        {"launcher.pid-file", config.launcher.pid_file.text},
        {"launcher.service-pid-file", config.launcher.service_pid_file.text},
        {"service.pid-file", config.service.pid_file.text}};
    for (const auto& [key, path] : files) {
        if (path.ends_with('/')) {
            return error_at(config, key, concat("'", path, "' is a directory, not a file"));
        }
    }
    return std::nullopt;
}

Found real_time_priority_needs_its_policy(const Config& config) {
    const auto& policy = config.service.cpu_scheduling_policy;
    if (!config.service.cpu_scheduling_priority.value || (policy && is_real_time(*policy))) {
        return std::nullopt;
    }
    return error_at(config, "service.cpu-scheduling-priority",
                    "cpu-scheduling-priority needs cpu-scheduling-policy 'fifo' or 'rr'");
}

Found ambient_capabilities_are_in_the_bounding_set(const Config& config) {
    const auto& bounding = config.service.capability_bounding_set;
    const auto& ambient = config.service.ambient_capabilities;
    if (!bounding || !ambient || (ambient->bits & ~bounding->bits) == 0) {
        return std::nullopt;
    }
    return error_at(config, "service.ambient-capabilities",
                    "ambient-capabilities has one that capability-bounding-set excludes");
}

Found environment_lists_name_variables(const Config& config) {
    const std::pair<std::string_view, const Names&> lists[] = {
        {"service.pass-environment", config.service.pass_environment},
        {"service.unset-environment", config.service.unset_environment}};
    for (const auto& [key, names] : lists) {
        for (const std::string& name : names.list) {
            const bool assignment = key == "service.unset-environment";
            const auto end = assignment ? name.find('=') : std::string::npos;
            if (!is_variable_name(std::string_view(name).substr(0, end))) {
                return error_at(config, key,
                                concat('\'', name, "' is not the name of an environment variable"));
            }
        }
    }
    return std::nullopt;
}

Found aliases_are_services(const Config& config) {
    for (const std::string& alias : config.install.alias.list) {
        if (!alias.ends_with(service_suffix)) {
            return error_at(config, "install.alias",
                            concat("'", alias, "' cannot name a service: it ends in '.service'"));
        }
    }
    return std::nullopt;
}

} // namespace

std::vector<Diagnostic> check_rules(const Config& config) {
    if (Found missing = exec_start_is_required(config)) {
        return {std::move(*missing)}; // the rest would be consequences of it
    }
    std::vector<Diagnostic> out;
    for (const auto rule :
         {launcher_name_is_a_service_name, runtime_directory_is_its_own,
          notify_type_needs_notify_access, only_oneshot_has_several_commands,
          oneshot_is_not_restarted_after_success, restart_steps_need_an_end,
          start_limit_can_trigger, pid_files_differ, pid_files_are_files,
          real_time_priority_needs_its_policy, ambient_capabilities_are_in_the_bounding_set,
          environment_lists_name_variables, aliases_are_services}) {
        if (Found found = rule(config)) {
            out.push_back(std::move(*found));
        }
    }
    for (const auto rules : {check_log_rules, check_ready_rules, check_in_place_rules}) {
        for (Diagnostic& diagnostic : rules(config)) {
            out.push_back(std::move(diagnostic));
        }
    }
    for (Diagnostic& diagnostic : check_socket_rules(config)) {
        out.push_back(std::move(diagnostic));
    }
    return out;
}

bool is_set(const Config& config, std::string_view key) {
    return config.origins.find(key) != config.origins.end();
}

std::optional<Diagnostic> error_at(const Config& config, std::string_view key,
                                   std::string message) {
    return Diagnostic{Diagnostic::Severity::error, place_of(config, key), std::move(message)};
}

} // namespace amphid
