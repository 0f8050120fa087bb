// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"
#include "resolve/import.h"

#include <optional>
#include <string>

namespace amphid {

/// True for the name of a unit file.
bool is_unit_file(const std::string& path);

/// The unit at that path, or of that name in systemd's search path, with the drop-ins that systemd
/// would apply. When root starts a service, files that others could write are refused. Throws
/// Failure.
UnitSource read_unit(const std::string& unit, const Host& host);

/// The same for a path; nullopt if the file does not exist.
std::optional<UnitSource> try_read_unit(const std::string& path, const Host& host);

} // namespace amphid
