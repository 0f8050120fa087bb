// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace amphid {

/// The order of two values.
enum class Comparison : std::uint8_t { below, at_most, equal, different, at_least, above };

/// Consumes an operator and the blanks after it.
std::optional<Comparison> take_comparison(std::string_view& text);

/// `order`: below, at or above 0.
bool satisfies(int order, Comparison comparison);

/// Compares two versions by the UAPI group's rules: numbers as numbers, "~" before the end, the end
/// before "-", "^" and ".".
int compare_versions(std::string_view a, std::string_view b);

/// ConditionKernelVersion=: each word compares, or matches as a pattern of glob(7).
bool is_version(std::string_view version, std::string_view words);

} // namespace amphid
