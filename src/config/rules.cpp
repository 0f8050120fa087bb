// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/rules.h"

#include "base/text.h"
#include "plan/service_name.h"

namespace amphid {

namespace {

using Found = std::optional<Diagnostic>;

Position place_of(const Config& config, std::string_view key) {
    const auto found = config.origins.find(key);
    return found == config.origins.end() ? Position{} : found->second;
}

bool is_set(const Config& config, std::string_view key) {
    return config.origins.find(key) != config.origins.end();
}

Found error_at(const Config& config, std::string_view key, std::string message) {
    return Diagnostic{Diagnostic::Severity::error, place_of(config, key), std::move(message)};
}

Found exec_start_is_required(const Config& config) {
    if (is_set(config, "service.exec-start")) {
        return std::nullopt;
    }
    return error_at(config, "service",
                    "the key 'exec-start' in [service] is missing: it says what to run");
}

Found launcher_name_is_a_service_name(const Config& config) {
    if (!is_set(config, "launcher.name") || is_service_name(config.launcher.name)) {
        return std::nullopt;
    }
    return error_at(config, "launcher.name",
                    "a service's name has letters, digits and '-_.@:' only, at most 64");
}

Found notify_type_needs_notify_access(const Config& config) {
    if (config.service.type != ServiceType::notify ||
        config.service.notify_access != NotifyAccess::none) {
        return std::nullopt;
    }
    return error_at(config, "service.notify-access",
                    "type 'notify' with notify-access 'none' could never be ready");
}

Found pid_files_differ(const Config& config) {
    const std::string& ours = config.launcher.pid_file.text;
    if (ours.empty() || ours != config.launcher.service_pid_file.text) {
        return std::nullopt;
    }
    return error_at(config, "launcher.service-pid-file",
                    "service-pid-file and pid-file name the same file");
}

Found pid_files_are_files(const Config& config) {
    const std::pair<std::string_view, const std::string&> files[] = {
        {"launcher.pid-file", config.launcher.pid_file.text},
        {"launcher.service-pid-file", config.launcher.service_pid_file.text}};
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
                    "cpu-scheduling-priority needs the cpu-scheduling-policy 'fifo' or 'rr'");
}

Found ambient_capabilities_are_in_the_bounding_set(const Config& config) {
    const auto& bounding = config.service.capability_bounding_set;
    const auto& ambient = config.service.ambient_capabilities;
    if (!bounding || !ambient || (ambient->bits & ~bounding->bits) == 0) {
        return std::nullopt;
    }
    return error_at(config, "service.ambient-capabilities",
                    "ambient-capabilities names one that capability-bounding-set takes away");
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

} // namespace

std::vector<Diagnostic> check_rules(const Config& config) {
    std::vector<Diagnostic> out;
    for (const auto rule :
         {exec_start_is_required, launcher_name_is_a_service_name, notify_type_needs_notify_access,
          pid_files_differ, pid_files_are_files, real_time_priority_needs_its_policy,
          ambient_capabilities_are_in_the_bounding_set, environment_lists_name_variables}) {
        if (Found found = rule(config)) {
            out.push_back(std::move(*found));
        }
    }
    return out;
}

} // namespace amphid
