// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reference.h"

#include "base/text.h"
#include "config/rows.h"
#include "config/systemd_table.h"

namespace amphid {

namespace {

/// Wraps a sentence at 80 columns, indented.
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
    std::string out;
    for (const TableRows& table : rows_of_schema()) {
        out += concat(out.empty() ? "" : "\n", heading_of(table), '\n');
        for (const KeyRow& row : table.keys) {
            out +=
                concat("    ", row.name, row.value.empty() ? "" : concat(" = ", row.value), '\n');
            out += wrapped(row.sentence);
            out += wrapped(concat("Takes ", row.type, '.'));
            if (!row.directive.empty()) {
                out += wrapped(concat("In systemd: ", row.directive, "=."));
            }
        }
    }
    out += '\n';
    for (const SystemdSection& section : systemd_sections) {
        out += concat('[', systemd_table, '.', section.name, "]\n");
    }
    return out + wrapped(systemd_tables_sentence);
}

} // namespace amphid
