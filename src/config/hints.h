// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <string_view>
#include <vector>

namespace amphid {

/// A command of the configuration, and the key that has it ("service.exec-start").
struct KeyedCommand {
    std::string_view key;
    const Command* command;
};

/// All of them, those of [ready] and [health] included. They point into the config.
std::vector<KeyedCommand> commands_of(const Config& config);

/// The place of a key that the file sets.
Position place_of(const Config& config, std::string_view key);

/// What is allowed and hardly meant: for `check`, as warnings.
std::vector<Diagnostic> hints_about(const Config& config);

} // namespace amphid
