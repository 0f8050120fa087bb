// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/diagnostic.h"

#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// The sentence about a systemd unit file that stands where a configuration is expected.
std::optional<Diagnostic> recognize_unit_file(std::string_view text);

/// The first byte that no text has: broken UTF-8, or a control character.
std::optional<Diagnostic> find_wrong_byte(std::string_view text);

/// What is wrong in a text that is not TOML, and the text to go on with.
struct SyntaxMistake {
    Diagnostic diagnostic;
    /// The text without the mistake, its lines in their places; nothing where no reading of the
    /// rest could be trusted.
    std::optional<std::string> rest;
};

/// Explains why the parser stopped at `line`.
SyntaxMistake explain_syntax(const std::string& text, Position stopped);

/// Why the text of one value cannot be read; `at` is an offset in it.
struct ValueMistake {
    std::size_t at = 0;
    std::string message;
};

/// Looks for a mistake in `text` from `at`, where the value of `key` begins. Without one, `at`
/// stands behind the value.
std::optional<ValueMistake> find_value_mistake(std::string_view text, std::size_t& at,
                                               std::string_view key);

} // namespace amphid
