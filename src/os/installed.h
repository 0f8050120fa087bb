// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>

namespace amphid {

/// The path of the running program, with links resolved.
std::string own_program();

/// The version of the installed systemd, from the name of its private library; 0 if it is unknown.
/// Neither executes a program nor asks the manager, since a generator must not.
unsigned installed_systemd_version();

} // namespace amphid
