// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>

namespace amphid {

/// The name that systemd-detect-virt(1) prints; empty: none.
std::string detect_container();
std::string detect_virtual_machine();

/// True in a user namespace that does not map all users.
bool in_user_namespace();

} // namespace amphid
