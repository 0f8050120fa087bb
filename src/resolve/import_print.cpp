// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "config/rows.h"
#include "config/systemd_table.h"
#include "resolve/configuration_path.h"
#include "resolve/directive.h"
#include "resolve/import.h"

#include <algorithm>

namespace amphid {

namespace {

/// In the file of an instance a "%" starts a specifier.
std::string value_text(const std::string& value, const UnitSource& source) {
    const std::string stem = source.name.substr(0, source.name.find_last_of('.'));
    return instance_of(stem) ? doubled_percent(value) : value;
}

const ImportNote* note_of(const ImportedUnit& unit, std::string_view directive) {
    for (const ImportNote& note : unit.notes) {
        if (note.copied && note.directive == directive) {
            return &note;
        }
    }
    return nullptr;
}

std::string systemd_section(const ImportedUnit& unit, const SystemdSection& section) {
    std::string out;
    for (const Directive& directive : unit.config.systemd.*section.directives) {
        std::string values;
        for (const std::string& value : directive.values) {
            values += concat(values.empty() ? "" : ", ", json_string(value));
        }
        const bool several = directive.values.size() > 1;
        std::string line =
            concat(directive.name, " = ", several ? "[" : "", values, several ? "]" : "");
        if (const ImportNote* note = note_of(unit, directive.name)) {
            pad_to(line, 40);
            line += concat(" # ", note->why);
        }
        out += line + '\n';
    }
    return out.empty() ? out : concat("\n[", systemd_table, '.', section.name, "]\n", out);
}

} // namespace

std::string print_import(const ImportedUnit& unit, const UnitSource& source) {
    std::string out;
    for (const UnitSource::File& file : source.files) {
        out += concat(out.empty() ? "# Imported from " : "# and ", printable(file.path), '\n');
    }
    for (const ImportNote& note : unit.notes) {
        if (!note.copied) {
            out += concat("# ", printable(note.directive), '=', printable(note.value), ": ",
                          note.why, ".\n");
        }
    }
    for (const TableRows& table : rows_of(unit.config)) {
        std::string keys;
        for (const KeyRow& row : table.keys) {
            if (row.line) {
                keys += concat(row.name, " = ", value_text(row.value, source), '\n');
            }
        }
        out += keys.empty() ? "" : concat('\n', heading_of(table), '\n', keys);
    }
    for (const SystemdSection& section : systemd_sections) {
        out += systemd_section(unit, section);
    }
    return out;
}

} // namespace amphid
