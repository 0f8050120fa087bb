// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace amphid {

// What stands in a unit file (systemd.syntax(7)).

/// Whether a "%" is to reach the service as it is, or begins a specifier for systemd to expand, as
/// in a template.
enum class Percent { is_literal, is_specifier };

/// The text with each "%" written twice, so that none begins a specifier.
std::string doubled_percent(std::string_view text);

/// The value that TOML writes so, as a unit file writes it: elements of an array with blanks
/// between, true as yes.
std::string directive_value(std::string_view toml, Percent percent = Percent::is_literal);

/// The same for each element of an array.
std::vector<std::string> directive_values(std::string_view toml, Percent percent);

/// A line "NAME=VALUE", whatever the value ends in.
std::string directive_line(std::string_view name, std::string_view value);

/// One argument of ExecStart= that systemd hands on to the letter.
std::string exec_word(std::string_view word);

} // namespace amphid
