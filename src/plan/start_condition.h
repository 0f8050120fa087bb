// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/enum_names.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// The checks of ConditionX= and AssertX= (systemd.unit(5)), in the order of the reference.
enum class ConditionKind : std::uint8_t {
    path_exists,
    path_exists_glob,
    path_is_directory,
    path_is_symbolic_link,
    path_is_mount_point,
    path_is_read_write,
    directory_not_empty,
    file_not_empty,
    file_is_executable,
    virtualization,
    architecture,
    host,
    kernel_command_line,
    kernel_version,
    environment,
    capability,
    security,
    ac_power,
    user,
    group,
    cpus,
    memory,
    first_boot,
    needs_update,
    control_group_controller,
};
constexpr auto enum_names(ConditionKind) {
    return names_up_to<ConditionKind::control_group_controller>(
        "path-exists", "path-exists-glob", "path-is-directory", "path-is-symbolic-link",
        "path-is-mount-point", "path-is-read-write", "directory-not-empty", "file-not-empty",
        "file-is-executable", "virtualization", "architecture", "host", "kernel-command-line",
        "kernel-version", "environment", "capability", "security", "ac-power", "user", "group",
        "cpus", "memory", "first-boot", "needs-update", "control-group-controller");
}

/// One key of [unit] with its parameters. Of all parameters with the prefix "|" one is enough; "!"
/// (after "|") negates.
struct ConditionList {
    ConditionKind kind = ConditionKind::path_exists;
    std::vector<std::string> list{};
    friend bool operator==(const ConditionList&, const ConditionList&) = default;
};

/// A parameter without its prefixes.
struct ConditionTest {
    bool triggers = false;
    bool negated = false;
    std::string_view parameter;
};
constexpr ConditionTest condition_test(std::string_view text) {
    ConditionTest out;
    out.triggers = text.starts_with('|');
    text.remove_prefix(out.triggers ? 1 : 0);
    out.negated = text.starts_with('!');
    text.remove_prefix(out.negated ? 1 : 0);
    out.parameter = text;
    return out;
}

/// True if the parameter is an absolute path.
constexpr bool is_about_path(ConditionKind kind) {
    return kind <= ConditionKind::file_is_executable || kind == ConditionKind::needs_update;
}

} // namespace amphid
