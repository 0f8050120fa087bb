// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace amphid {

// Values of unit files (systemd.syntax(7)).

/// Whether a "%" is literal, or starts a specifier for systemd to expand, as in a template.
enum class Percent { is_literal, is_specifier };

/// Doubles each "%", so that none starts a specifier.
std::string doubled_percent(std::string_view text);

/// Converts a value from TOML to unit file syntax: elements of an array separated by blanks, true
/// as yes.
std::string directive_value(std::string_view toml, Percent percent = Percent::is_literal);

/// The same for each element of an array; a value that is none is one element.
std::vector<std::string> directive_values(std::string_view toml, Percent percent);

/// A line "NAME=VALUE", safe for any value.
std::string directive_line(std::string_view name, std::string_view value);

/// Quotes one argument of ExecStart=, so that systemd passes it on unchanged.
std::string exec_word(std::string_view word);

} // namespace amphid
