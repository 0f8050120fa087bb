// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// The rules about combinations of keys and about missing ones. Each is a function named after the
/// rule.
std::vector<Diagnostic> check_rules(const Config& config);

// What rules are made of; `key` is "table.key".

/// True if the files set that key.
bool is_set(const Config& config, std::string_view key);

/// An error at the value of that key.
std::optional<Diagnostic> error_at(const Config& config, std::string_view key, std::string message);

} // namespace amphid
