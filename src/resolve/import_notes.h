// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "resolve/import.h"

namespace amphid {

/// The present name of a directive and its section, where the unit says it the old way.
struct DirectiveName {
    std::string section;
    std::string name;
};
DirectiveName present_name(const std::string& section, const std::string& name);

/// "PrivateTmp=, ProtectSystem=": what [systemd.unit] and [systemd.service] ask for and nobody does
/// outside systemd; empty: nothing that the service would miss.
std::string missed_outside_systemd(const SystemdTable& systemd);

/// What it means outside systemd that a directive is not followed; `why` and `loss` are filled in.
ImportNote note_about(const std::string& section, const std::string& name,
                      const std::string& value);

} // namespace amphid
