// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "resolve/import.h"

namespace amphid {

/// The current name and section of a directive that is written under an old name.
struct DirectiveName {
    std::string section;
    std::string name;
};
DirectiveName present_name(const std::string& section, const std::string& name);

/// "PrivateTmp=, MemoryMax=": the directives of [systemd.service] that confine or limit the service
/// only under systemd; empty: none.
std::string applied_only_by_systemd(const SystemdTable& systemd);

/// True if a directive that confines or limits a service, by `loss`, has a value that does neither.
bool asks_for_nothing(Loss loss, std::string_view value);

/// What ignoring the directive means outside systemd; fills in `why` and `loss`.
ImportNote note_about(const std::string& section, const std::string& name,
                      const std::string& value);

} // namespace amphid
