// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace amphid {

namespace detail {
inline void append(std::string& out, std::string_view text) {
    out.append(text);
}
inline void append(std::string& out, char c) {
    out.push_back(c);
}
template <std::integral T>
void append(std::string& out, T number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}
} // namespace detail

/// Concatenates the parts; numbers in decimal.
template <class... Parts>
std::string concat(const Parts&... parts) {
    std::string out;
    (detail::append(out, parts), ...);
    return out;
}

/// The whole text as one decimal number; nullopt if it contains anything else.
template <std::integral T>
std::optional<T> parse_number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) {
        return std::nullopt;
    }
    return value;
}

/// systemd's spellings of yes and no.
std::optional<bool> parse_boolean(std::string_view text);

/// The parts between the separators, empty ones included.
std::vector<std::string_view> split(std::string_view text, char separator);
template <class Text>
requires std::is_same_v<Text, std::string>
void split(Text&& text, char separator) = delete; // the pieces would dangle

/// "12, 34", for messages.
std::string list_of(const std::vector<int>& numbers);

/// Makes text safe for a terminal: control characters and invalid UTF-8 become \xHH.
/// `keep_newlines` keeps line ends.
std::string printable(std::string_view text, bool keep_newlines = false);

/// Pads the line with blanks up to that column, with at least one.
void pad_to(std::string& line, std::size_t column);

/// "98 (Address already in use)", for errno(3)'s numbers; empty for 0.
std::string errno_text(int number);

/// Length of the well-formed UTF-8 sequence at the start of `text`, which is not empty (RFC 3629);
/// 0 if there is none.
std::size_t utf8_length(std::string_view text);

/// True if the text is well-formed UTF-8.
bool is_utf8(std::string_view text);

/// The candidate that a mistyped or abbreviated word most likely means; empty if none is close.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// The text in double quotes, escaped as a JSON string.
std::string json_string(std::string_view text);

} // namespace amphid
