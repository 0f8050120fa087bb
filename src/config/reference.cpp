// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reference.h"

#include "base/text.h"
#include "config/reading.h"
#include "config/schema.h"

namespace amphid {

namespace {

/// The words of a sentence in lines of at most 80 columns, indented.
std::string wrapped(std::string_view sentence) {
    constexpr std::string_view indent = "        ";
    std::string out;
    std::size_t column = 81;
    for (const std::string_view word : split(sentence, ' ')) {
        const bool fits = column + 1 + word.size() <= 80;
        out += fits ? concat(' ', word) : concat(out.empty() ? "" : "\n", indent, word);
        column = fits ? column + 1 + word.size() : indent.size() + word.size();
    }
    return out + '\n';
}

} // namespace

std::string reference_text() {
    Config defaults;
    std::string out;
    for_each_table(defaults, [&](std::string_view name, const auto& table) {
        out += concat(out.empty() ? "" : "\n", '[', name, "]\n");
        for (const auto& key : keys_of(table)) {
            const auto print = [&](auto field) {
                return std::pair(looks_like(table.*field), print_value(table.*field));
            };
            const auto [type, value] = std::visit(print, key.member);
            out += concat("    ", key.name, value.empty() ? "" : concat(" = ", value), '\n');
            out += wrapped(key.sentence);
            out += wrapped(concat("Takes ", type, '.'));
            if (!key.directive.empty()) {
                out += wrapped(concat("In systemd: ", key.directive, "=."));
            }
        }
    });
    return out;
}

} // namespace amphid
