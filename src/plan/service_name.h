// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string_view>

namespace amphid {

/// The rule as text, for error messages.
inline constexpr std::string_view service_name_rule =
    "letters, digits, '-_.@:' and systemd-escape(1)'s \\xHH only, at most 64";

/// A service's name: letters, digits, "-_.@:" and the escapes of systemd-escape(1) ("\x2d"), at
/// most 64 characters, and not a directory's "." or "..".
inline bool is_service_name(std::string_view name) {
    constexpr std::size_t longest = 64;
    constexpr std::size_t escape = 4; // "\x2d"
    constexpr auto is_hex = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    };
    constexpr auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_.@:").find(c) != std::string_view::npos;
    };
    for (std::size_t i = 0; i < name.size(); ++i) {
        const std::string_view rest = name.substr(i);
        if (rest.starts_with("\\x") && rest.size() >= escape && is_hex(rest[2]) &&
            is_hex(rest[3])) {
            i += escape - 1;
        } else if (!allowed(name[i])) {
            return false;
        }
    }
    return !name.empty() && name.size() <= longest && name != "." && name != "..";
}

} // namespace amphid
