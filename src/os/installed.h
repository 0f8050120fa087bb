// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>

namespace amphid {

/// The path of the program that runs, as links lead to it.
std::string own_program();

/// The version of the systemd that is installed, by the name of its private library; 0 where there
/// is none to be seen. Nothing is executed for it, and no manager is asked: a generator may not.
unsigned installed_systemd_version();

} // namespace amphid
