// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <string_view>
#include <vector>

namespace amphid {

/// A command of the configuration and its key ("service.exec-start").
struct KeyedCommand {
    std::string_view key;
    const Command* command;
};

/// All commands, including those of [ready] and [health]. The pointers refer into `config`.
std::vector<KeyedCommand> commands_of(const Config& config);

/// The position of a key that the file sets.
Position place_of(const Config& config, std::string_view key);

/// Warnings of `check` about what is valid but probably a mistake.
std::vector<Diagnostic> hints_about(const Config& config);

} // namespace amphid
