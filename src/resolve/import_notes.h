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

/// "PrivateTmp=, ProtectSystem=": what of [systemd.service] confines the service under systemd
/// only; empty: nothing.
std::string unapplied_sandbox(const SystemdTable& systemd);

/// What it means outside systemd that a directive is not followed; `why` and `loss` are filled in.
ImportNote note_about(const std::string& section, const std::string& name,
                      const std::string& value);

} // namespace amphid
