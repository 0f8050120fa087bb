// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "resolve/import.h"
#include "resolve/import_values.h"

#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// The .socket units that a service cannot do without: those of Sockets=, and the one of its name
/// if it depends on it; none if it expects them as standard input. `stem`: the name of the service
/// without its suffix.
std::vector<std::string> sockets_needed(const UnitText& service, std::string_view stem);

/// The .socket units whose files are there, each as a table [[socket]]; none for one with
/// Accept=yes, or without an address that amphid can listen on.
struct ImportedSockets {
    Array tables;
    std::vector<ImportNote> notes;
};
ImportedSockets import_sockets(const UnitSource& source, ValueImporter& values);

} // namespace amphid
