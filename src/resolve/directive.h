// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/value.h"

#include <string>
#include <string_view>

namespace amphid {

// What stands in a unit file (systemd.syntax(7)).

/// The value that TOML writes so, as a unit file writes it: elements of an array with blanks
/// between, true as yes. "%" is doubled, for systemd would take it for a specifier.
std::string directive_value(std::string_view toml);

/// A line "NAME=VALUE", whatever the value ends in.
std::string directive_line(std::string_view name, std::string_view value);

/// One argument of ExecStart= that systemd hands on to the letter.
std::string exec_word(std::string_view word);

} // namespace amphid
