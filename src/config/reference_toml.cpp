// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "config/reference.h"
#include "config/rows.h"
#include "config/systemd_table.h"

namespace amphid {

namespace {

constexpr std::string_view head = "# Every key of amphid.toml(5). Each commented value is the\n"
                                  "# default, or is an example if there is no default.\n"
                                  "#:schema /usr/share/amphid/amphid.schema.json\n";

/// Wraps a sentence into comment lines of at most 80 columns.
std::string comment(std::string_view sentence) {
    std::string out;
    std::string line = "#";
    for (const std::string_view word : split(sentence, ' ')) {
        if (line.size() + 1 + word.size() > 80) {
            out += line + '\n';
            line = "#";
        }
        line += concat(' ', word);
    }
    return out + line + '\n';
}

} // namespace

std::string reference_toml() {
    std::string out(head);
    for (const TableRows& table : rows_of_schema()) {
        // One without an address would be a mistake.
        out += concat('\n', table.is_repeated ? "# " : "", heading_of(table), '\n');
        for (const KeyRow& row : table.keys) {
            const std::string_view value = row.value.empty() ? row.example : row.value;
            // The only required key.
            const bool required = row.name == "exec-start";
            out += concat('\n', comment(row.sentence), comment(concat("Takes ", row.type, '.')),
                          required ? "" : "# ", row.name, " = ", value, '\n');
        }
    }
    out += concat('\n', comment(systemd_tables_sentence));
    for (const SystemdSection& section : systemd_sections) {
        out += concat("# [", systemd_table, '.', section.name, "]\n");
    }
    return out;
}

} // namespace amphid
