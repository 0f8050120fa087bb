// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "config/syntax.h"
#include "config/value.h"

#include <toml++/toml.h>

#include <algorithm>

namespace amphid {

namespace {

Position position_of(const toml::source_region& region) {
    return {static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

Value convert(const toml::node& node);

Table convert_table(const toml::table& table) {
    Table out;
    for (const auto& [key, node] : table) {
        out.push_back({std::string(key.str()), position_of(key.source()), convert(node)});
    }
    // toml++ sorts tables by key.
    std::sort(out.begin(), out.end(), [](const Member& a, const Member& b) { return a.at < b.at; });
    return out;
}

Value convert(const toml::node& node) {
    Value out{OtherValue{}, position_of(node.source())};
    if (const auto* text = node.as_string()) {
        out.data = text->get();
    } else if (const auto* integer = node.as_integer()) {
        out.data = integer->get();
    } else if (const auto* number = node.as_floating_point()) {
        out.data = number->get();
    } else if (const auto* boolean = node.as_boolean()) {
        out.data = boolean->get();
    } else if (const auto* array = node.as_array()) {
        Array elements;
        for (const toml::node& element : *array) {
            elements.push_back(convert(element));
        }
        out.data = std::move(elements);
    } else if (const auto* table = node.as_table()) {
        out.data = convert_table(*table);
    }
    return out;
}

} // namespace

std::string_view kind_of(const Value& value) {
    constexpr std::string_view kinds[] = {"a string", "an integer", "a number",      "a boolean",
                                          "an array", "a table",    "a date or time"};
    return kinds[value.data.index()];
}

Document parse_toml(std::string_view text) {
    constexpr std::size_t most_mistakes = 20;
    if (auto mistake = find_wrong_byte(text)) {
        return {{}, {std::move(*mistake)}};
    }
    Document out;
    std::string rest(text);
    while (out.diagnostics.size() < most_mistakes) {
        const toml::parse_result result = toml::parse(std::string_view(rest));
        if (result) {
            out.root = convert_table(result.table());
            break;
        }
        if (auto unit_file = recognize_unit_file(text)) {
            return {{}, {std::move(*unit_file)}};
        }
        SyntaxMistake mistake = explain_syntax(rest, position_of(result.error().source()));
        out.diagnostics.push_back(std::move(mistake.diagnostic));
        if (!mistake.rest || *mistake.rest == rest) {
            break;
        }
        rest = std::move(*mistake.rest);
    }
    return out;
}

} // namespace amphid
