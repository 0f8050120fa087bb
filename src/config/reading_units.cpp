// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reading.h"

#include "plan/unit_name.h"

#include <algorithm>
#include <cstdint>

namespace amphid {

namespace {

/// The strings of an array; a single string counts as an array of one.
template <class F>
std::optional<Refusal> for_each_string(const Value& value, const std::string& expected, F&& take) {
    const auto* array = std::get_if<Array>(&value.data);
    if (array == nullptr && !std::holds_alternative<std::string>(value.data)) {
        return wrong_kind(value, expected);
    }
    for (const Value& element : array != nullptr ? *array : Array{value}) {
        const auto* text = std::get_if<std::string>(&element.data);
        if (text == nullptr) {
            return wrong_kind(element, "a string");
        }
        if (auto refusal = take(element, *text)) {
            return refusal;
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<Refusal> read_value(const Value& value, UnitNames& out) {
    UnitNames read;
    auto refusal = for_each_string(
        value, looks_like(out),
        [&](const Value& element, const std::string& text) -> std::optional<Refusal> {
            // In a template systemd inserts the instance.
            std::string name = text;
            for (const std::string_view specifier : {"%i", "%I"}) {
                const auto at = name.find(specifier);
                name.replace(at == std::string::npos ? name.size() : at,
                             at == std::string::npos ? 0 : specifier.size(), "");
            }
            if (!is_unit_name(name)) {
                return Refusal{concat("expected a unit name with its suffix "
                                      "(\"network.target\"), got '",
                                      text, '\''),
                               element.at};
            }
            read.list.push_back(text);
            return std::nullopt;
        });
    if (!refusal) {
        out = std::move(read);
    }
    return refusal;
}

std::optional<Refusal> read_value(const Value& value, Uris& out) {
    Uris read;
    auto refusal = for_each_string(
        value, looks_like(out),
        [&](const Value& element, const std::string& text) -> std::optional<Refusal> {
            constexpr auto plain = [](unsigned char c) { return c > 0x20 && c != 0x7f; };
            const auto colon = text.find(':');
            if (colon == 0 || colon == std::string::npos ||
                !std::all_of(text.begin(), text.end(), plain)) {
                return Refusal{concat("expected a URI, got '", text, '\''), element.at};
            }
            read.list.push_back(text);
            return std::nullopt;
        });
    if (!refusal) {
        out = std::move(read);
    }
    return refusal;
}

namespace {

/// The text of a parameter: numbers are accepted, and true is "yes", as in a unit file.
std::optional<std::string> parameter_in(const Value& value) {
    if (const auto* flag = std::get_if<bool>(&value.data)) {
        return *flag ? "yes" : "no";
    }
    if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
        return concat(*number);
    }
    const auto* text = std::get_if<std::string>(&value.data);
    constexpr auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
    const bool odd = text == nullptr || std::any_of(text->begin(), text->end(), is_control);
    return odd ? std::nullopt : std::optional(*text);
}

} // namespace

std::optional<Refusal> read_value(const Value& value, ConditionList& out) {
    std::vector<std::string> read;
    const auto add = [&](const Value& element) -> std::optional<Refusal> {
        const auto text = parameter_in(element);
        if (!text) {
            return wrong_kind(element, looks_like(out));
        }
        const std::string_view parameter = condition_test(*text).parameter;
        if (parameter.empty() || (is_about_path(out.kind) && !parameter.starts_with('/'))) {
            return Refusal{concat("expected ", looks_like(out), ", got '", *text, '\''),
                           element.at};
        }
        read.push_back(*text);
        return std::nullopt;
    };
    if (auto refusal = read_one_or_each(value, add)) {
        return refusal;
    }
    out.list = std::move(read);
    return std::nullopt;
}

} // namespace amphid
