// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/diagnostic.h"

#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// The diagnostic for a systemd unit file in place of a configuration.
std::optional<Diagnostic> recognize_unit_file(std::string_view text);

/// The first byte that is not text: invalid UTF-8 or a control character.
std::optional<Diagnostic> find_wrong_byte(std::string_view text);

/// A syntax error, and the text to continue with.
struct SyntaxMistake {
    Diagnostic diagnostic;
    /// The text without the mistake, with the same line numbers; nullopt if the rest cannot be
    /// parsed reliably.
    std::optional<std::string> rest;
};

/// Explains why the parser stopped at `line`.
SyntaxMistake explain_syntax(const std::string& text, Position stopped);

/// Why one value cannot be parsed; `at` is an offset in the text.
struct ValueMistake {
    std::size_t at = 0;
    std::string message;
};

/// Looks for a mistake in `text` from `at`, where the value of `key` begins. If there is none, `at`
/// is moved past the value.
std::optional<ValueMistake> find_value_mistake(std::string_view text, std::size_t& at,
                                               std::string_view key);

} // namespace amphid
