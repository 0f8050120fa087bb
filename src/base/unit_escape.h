// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>

namespace amphid {

// How text becomes part of a unit's name (systemd-escape(1)).

/// "/" as "-"; what a name cannot hold, and "-" itself, as "\\x2d".
std::string escape_unit_name(std::string_view text);

/// The text again; an escape that is none stays as it is.
std::string unescape_unit_name(std::string_view name);

} // namespace amphid
