// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/directive.h"

#include "base/text.h"

#include <algorithm>
#include <cstdint>

namespace amphid {

std::string doubled_percent(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c;
        out += c == '%' ? "%" : "";
    }
    return out;
}

namespace {

bool is_control(unsigned char c) {
    return c < 0x20 || c == 0x7f;
}

/// A value must be one line: control characters in a description become blanks.
std::string one_line(std::string_view text) {
    std::string out(text);
    std::replace_if(out.begin(), out.end(), is_control, ' ');
    return out;
}

/// In double quotes with C escapes.
std::string in_quotes(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_control(byte)) {
            out += concat("\\x", digits[byte >> 4], digits[byte & 15]);
        } else {
            out += c == '"' || c == '\\' ? "\\" : "";
            out += c;
        }
    }
    return out + '"';
}

bool needs_quotes(std::string_view word) {
    return word.empty() || word == ";" || std::any_of(word.begin(), word.end(), [](char c) {
               return c == ' ' || c == '"' || c == '\'' || c == '\\' ||
                      is_control(static_cast<unsigned char>(c));
           });
}

std::string in_list(std::string_view word) {
    return needs_quotes(word) ? in_quotes(word) : std::string(word);
}

std::string plain(const Value& value, bool listed, Percent percent) {
    if (const auto* text = std::get_if<std::string>(&value.data)) {
        const std::string out = listed ? in_list(*text) : one_line(*text);
        return percent == Percent::is_literal ? doubled_percent(out) : out;
    }
    if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
        return concat(*number);
    }
    if (const auto* flag = std::get_if<bool>(&value.data)) {
        return *flag ? "yes" : "no";
    }
    std::string out;
    if (const auto* array = std::get_if<Array>(&value.data)) {
        for (const Value& element : *array) {
            out += concat(out.empty() ? "" : " ", plain(element, true, percent));
        }
    }
    return out;
}

} // namespace

std::string directive_value(std::string_view toml, Percent percent) {
    const Document document = parse_toml(concat("x = ", toml, '\n'));
    return document.root.empty() ? std::string()
                                 : plain(document.root.front().value, false, percent);
}

std::vector<std::string> directive_values(std::string_view toml, Percent percent) {
    const Document document = parse_toml(concat("x = ", toml, '\n'));
    std::vector<std::string> out;
    const auto* array =
        document.root.empty() ? nullptr : std::get_if<Array>(&document.root.front().value.data);
    if (array == nullptr && !document.root.empty()) {
        out.push_back(plain(document.root.front().value, false, percent));
    }
    for (const Value& element : array == nullptr ? Array{} : *array) {
        out.push_back(plain(element, false, percent));
    }
    return out;
}

std::string directive_line(std::string_view name, std::string_view value) {
    const auto last = value.find_last_not_of('\\');
    const std::size_t backslashes = value.size() - (last == std::string_view::npos ? 0 : last + 1);
    // A trailing backslash would continue the line; the added blank is stripped by systemd.
    return concat(name, '=', value, backslashes % 2 == 1 ? " \n" : "\n");
}

std::string exec_word(std::string_view word) {
    std::string out;
    for (const char c : doubled_percent(in_list(word))) {
        out += c;
        out += c == '$' ? "$" : "";
    }
    return out;
}

} // namespace amphid
