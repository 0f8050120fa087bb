// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <algorithm>
#include <string_view>

namespace amphid {

/// The rule as text, for error messages.
inline constexpr std::string_view service_name_rule =
    "letters, digits and '-_.@:' only, at most 64";

/// A service's name: letters, digits and "-_.@:", at most 64, and not a directory's "." or "..".
inline bool is_service_name(std::string_view name) {
    constexpr auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_.@:").find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= 64 && name != "." && name != ".." &&
           std::all_of(name.begin(), name.end(), allowed);
}

} // namespace amphid
