// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/command.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// Assignments "NAME=VALUE", each name once, in the order in which they were first set.
using Environment = std::vector<std::string>;

/// Whether systemd accepts the text as a variable name: letters, digits and "_", no digit first.
bool is_variable_name(std::string_view name);

/// The value of the variable, or nothing if it is not set. The view lasts until the environment
/// is next changed.
std::optional<std::string_view> find_variable(const Environment& environment,
                                              std::string_view name);

/// Sets the variable, in the place of its former value if it has one.
void set_variable(Environment& environment, std::string_view name, std::string_view value);

/// Removes the variable if it is set.
void unset_variable(Environment& environment, std::string_view name);

/// The arguments of the command with systemd's variable rules applied: "${FOO}" is replaced within
/// any word; "$FOO" as a word of its own is split at white space, quotes honoured, into zero or
/// more arguments; "$$" stands for "$"; an unset variable is empty. argv[0] is never changed, and
/// nothing is if command.expand is false.
std::vector<std::string> expand_argv(const Command& command, const Environment& environment);

/// Adds arguments that expand_argv leaves as they are, whatever is in them.
void append_literally(Command& command, std::span<const std::string> arguments);

} // namespace amphid
