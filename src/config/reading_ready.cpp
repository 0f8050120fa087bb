// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reading.h"

#include "plan/bus_name.h"

#include <array>
#include <regex.h>

// The values of [ready] and [health].

namespace amphid {

namespace {

const std::string* line_in(const Value& value) {
    const auto* text = std::get_if<std::string>(&value.data);
    const bool one_line =
        text != nullptr && text->find_first_of(std::string_view("\n\r\0", 3)) == std::string::npos;
    return one_line ? text : nullptr;
}

template <class T>
std::optional<Refusal> take(const Value& value, std::variant<T, std::string> parsed, T& out) {
    if (auto* wrong = std::get_if<std::string>(&parsed)) {
        return Refusal{std::move(*wrong), value.at};
    }
    out = std::move(std::get<T>(parsed));
    return std::nullopt;
}

} // namespace

std::string looks_like(const Endpoint&) {
    return "tcp:[HOST:]PORT, udp:[HOST:]PORT or unix:/path";
}
std::string looks_like(const HttpCheck&) {
    return "\"http://HOST[:PORT][/PATH]\", optionally followed by a space and the expected status "
           "(2xx by default)";
}
std::string looks_like(const Pattern&) {
    return "a POSIX extended regular expression";
}

std::string looks_like(const BusName&) {
    return "a D-Bus name (\"org.example.Web\")";
}

std::string print_value(const BusName& value) {
    return print_value(value.text);
}
std::string print_value(const Endpoint& value) {
    return json_string(text_of(value));
}
std::string print_value(const HttpCheck& value) {
    return json_string(text_of(value));
}
std::string print_value(const Pattern& value) {
    return print_value(value.text);
}

std::optional<Refusal> read_value(const Value& value, Endpoint& out) {
    const auto* text = line_in(value);
    return text == nullptr ? wrong_kind(value, looks_like(out))
                           : take(value, parse_endpoint(*text), out);
}

std::optional<Refusal> read_value(const Value& value, HttpCheck& out) {
    const auto* text = line_in(value);
    return text == nullptr ? wrong_kind(value, looks_like(out))
                           : take(value, parse_http_check(*text), out);
}

std::optional<Refusal> read_value(const Value& value, BusName& out) {
    const auto* text = line_in(value);
    if (text == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    if (!is_bus_name(*text)) {
        return Refusal{
            concat('\'', *text, "' is not a D-Bus name, which looks like org.example.Web"),
            value.at};
    }
    out.text = *text;
    return std::nullopt;
}

std::optional<Refusal> read_value(const Value& value, Pattern& out) {
    const auto* text = line_in(value);
    if (text == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    regex_t regex;
    const int error = ::regcomp(&regex, text->c_str(), REG_EXTENDED | REG_NOSUB);
    if (error != 0) {
        std::array<char, 128> words{};
        ::regerror(error, &regex, words.data(), words.size());
        return Refusal{
            concat("'", *text, "' is not an extended regular expression: ", words.data()),
            value.at};
    }
    ::regfree(&regex);
    out.text = *text;
    return std::nullopt;
}

} // namespace amphid
