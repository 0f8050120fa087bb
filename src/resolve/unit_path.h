// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"
#include "plan/words.h"

#include <string>
#include <vector>

namespace amphid {

/// A directory of systemd's search path (systemd.unit(5)).
struct UnitDirectory {
    std::string path;
    bool before_generated = false; // takes precedence over generated units
};

/// The directories for unit files of administrators and packages, in systemd's search order; those
/// of generators are not included.
std::vector<UnitDirectory> unit_directories(Manager manager, const Host& host);

/// The names under which systemd would find this unit: its own, and its template's.
std::vector<std::string> names_of_unit(const std::string& unit);

/// $XDG_CONFIG_HOME and the like: the variable, or the default below $HOME.
std::string xdg_directory(const Host& host, std::string_view variable_name,
                          std::string_view below_home);

} // namespace amphid
