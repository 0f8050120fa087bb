// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>

namespace amphid {

// How text becomes part of a unit's name (systemd-escape(1)).

/// "/" becomes "-"; "-" itself and characters that a name cannot contain become "\\x2d" and so on.
std::string escape_unit_name(std::string_view text);

/// The reverse; an invalid escape is kept as it is.
std::string unescape_unit_name(std::string_view name);

} // namespace amphid
