// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <optional>
#include <string_view>

namespace amphid {

// System calls and systemd's groups of them (systemd.exec(5), SystemCallFilter=).

/// The members of a group such as "@clock", separated by blanks, other groups among them; empty if
/// there is no such group.
std::string_view members_of_group(std::string_view group);

bool is_system_call(std::string_view name);

/// The call or group that a misspelt name most likely means; empty if none is close.
std::string_view nearest_call(std::string_view name);

/// The number of a call that an older libseccomp does not know by name.
std::optional<int> number_of_newer_call(std::string_view name);

} // namespace amphid
