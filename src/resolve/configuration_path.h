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

/// Where the configurations are that have names, the first one that has a file goes before the
/// others: what runs now, the administrator's, the local one's, the packages'.
std::vector<std::string> configuration_directories(Manager manager, const Host& host);

/// Where people put theirs: what `edit` writes.
std::string configuration_directory(Manager manager, const Host& host);

/// "a" of "web@a"; nothing where there is none, or the name is the template itself.
std::optional<std::string> instance_of(std::string_view stem);

/// The names of its file, the first one that exists counts: "web@a", then its template "web@".
std::vector<std::string> names_of_configuration(const std::string& stem);

} // namespace amphid
