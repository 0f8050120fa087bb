// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "config/value.h"

#include <array>
#include <utility>

namespace amphid {

/// The name of the table above [systemd.unit], [systemd.service] and [systemd.install].
constexpr std::string_view systemd_table = "systemd";

/// Its tables: each with its name, its place in the config and the section of a unit file.
struct SystemdSection {
    std::string_view name;
    std::vector<Directive> SystemdTable::*directives;
    std::string_view heading;
};
inline constexpr std::array systemd_sections = {
    SystemdSection{"unit", &SystemdTable::unit, "Unit"},
    SystemdSection{"service", &SystemdTable::service, "Service"},
    SystemdSection{"install", &SystemdTable::install, "Install"},
};

/// Reads the directives in it. One that a key of ours stands for, or that amphid itself writes into
/// its units, is a mistake: it would be said twice.
/// `remarks`: a directive that systemd would pass over there is remarked upon.
void read_systemd_table(const Member& member, ParsedConfig& out, bool remarks);

} // namespace amphid
