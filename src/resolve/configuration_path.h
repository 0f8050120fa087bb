// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

constexpr std::string_view configuration_suffix = ".toml";
constexpr std::string_view drop_in_suffix = ".toml.d";

/// The directories of configurations that are called by name, in order of precedence: runtime,
/// administrator, local, packages.
std::vector<std::string> configuration_directories(Manager manager, const Host& host);

/// The directory for the user's own configurations, which `edit` writes to.
std::string configuration_directory(Manager manager, const Host& host);

/// "a" of "web@a"; nullopt if there is none, or if the name is the template itself.
std::optional<std::string> instance_of(std::string_view stem);

/// The names that its file may have, in order of precedence: "web@a", then its template "web@".
std::vector<std::string> names_of_configuration(const std::string& stem);

} // namespace amphid
