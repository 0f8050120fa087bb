// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/exit_code.h"
#include "plan/exec_values.h"

#include <array>
#include <string_view>

namespace amphid {

/// One kind of a service's own directories (systemd.exec(5), the table at RuntimeDirectory=). A
/// user's are in $`home_variable`, or if that is not set in `below_home` of $HOME, and there in
/// `below_base`.
struct DirectoryKindFacts {
    DirectoryKind kind;
    std::string_view variable; // set for the service
    ExecStage stage;           // fails if they cannot be made
    std::string_view system_base;
    std::string_view home_variable;
    std::string_view below_home; // empty: the variable is required
    std::string_view below_base;
};

inline constexpr DirectoryKindFacts directory_kind_table[] = {
    {DirectoryKind::runtime, "RUNTIME_DIRECTORY", ExecStage::runtime_directory, "/run",
     "XDG_RUNTIME_DIR", "", ""},
    {DirectoryKind::state, "STATE_DIRECTORY", ExecStage::state_directory, "/var/lib",
     "XDG_STATE_HOME", ".local/state", ""},
    {DirectoryKind::cache, "CACHE_DIRECTORY", ExecStage::cache_directory, "/var/cache",
     "XDG_CACHE_HOME", ".cache", ""},
    {DirectoryKind::logs, "LOGS_DIRECTORY", ExecStage::logs_directory, "/var/log", "XDG_STATE_HOME",
     ".local/state", "/log"},
    {DirectoryKind::configuration, "CONFIGURATION_DIRECTORY", ExecStage::configuration_directory,
     "/etc", "XDG_CONFIG_HOME", ".config", ""},
};

constexpr const DirectoryKindFacts& facts_of(DirectoryKind kind) {
    return directory_kind_table[static_cast<std::size_t>(kind)];
}

static_assert([] {
    for (const DirectoryKind kind : every<DirectoryKind>()) {
        if (facts_of(kind).kind != kind) {
            return false;
        }
    }
    return true;
}());

} // namespace amphid
