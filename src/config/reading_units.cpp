// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reading.h"

#include "plan/unit_name.h"

namespace amphid {

namespace {

/// Each string of an array; a string alone is as good as an array of one.
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
            if (!is_unit_name(text)) {
                return Refusal{concat("expected the name of a unit with its suffix "
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

} // namespace amphid
