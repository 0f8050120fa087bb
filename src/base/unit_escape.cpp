// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/unit_escape.h"

namespace amphid {

namespace {

constexpr std::string_view digits = "0123456789abcdef";

bool stays(char c, bool first) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || c == ':' || c == '_' || (c == '.' && !first);
}

/// The value of a hexadecimal digit; npos for anything else.
std::size_t digit_of(char c) {
    return digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
}

} // namespace

std::string escape_unit_name(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '/') {
            out += '-';
        } else if (stays(c, out.empty())) {
            out += c;
        } else {
            out += "\\x";
            out += digits[byte >> 4];
            out += digits[byte & 15];
        }
    }
    return out;
}

std::string unescape_unit_name(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool escape = name.substr(i).starts_with("\\x") && i + 3 < name.size();
        const std::size_t high = escape ? digit_of(name[i + 2]) : std::string_view::npos;
        const std::size_t low = escape ? digit_of(name[i + 3]) : std::string_view::npos;
        if (high != std::string_view::npos && low != std::string_view::npos) {
            out += static_cast<char>(high << 4 | low);
            i += 3;
        } else {
            out += name[i] == '-' ? '/' : name[i];
        }
    }
    return out;
}

} // namespace amphid
