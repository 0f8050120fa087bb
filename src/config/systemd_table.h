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

/// Its tables: name, member of the config, and section of the unit file.
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

/// Reads its directives. It is an error if one has a key of ours, or is written into units by
/// amphid itself: it would be set twice. `remarks`: warn about directives that systemd would ignore
/// there.
void read_systemd_table(const Member& member, ParsedConfig& out, bool remarks);

} // namespace amphid
