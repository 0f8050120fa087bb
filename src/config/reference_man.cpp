// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "config/reference.h"
#include "config/rows.h"
#include "config/systemd_table.h"

#include "base/roff.h"

namespace amphid {

namespace {

constexpr std::string_view head =
    ".SH NAME\n"
    "amphid.toml \\- a service for amphid\n"
    ".SH SYNOPSIS\n"
    ".I /etc/amphid/NAME.toml\n"
    ".br\n"
    ".I $XDG_CONFIG_HOME/amphid/NAME.toml\n"
    ".SH DESCRIPTION\n"
    "One file in TOML 1.0 describes one service, for\n"
    ".BR amphid (1)\n"
    "and, where systemd runs, for\n"
    ".BR amphid\\-generator (8).\n"
    "Two lines are enough: the table\n"
    ".B [service]\n"
    "and its key\n"
    ".BR exec\\-start .\n"
    ".PP\n"
    "A key that systemd has keeps its name, in lower case with hyphens, and its meaning.\n"
    "A command is an array of strings, which are the arguments, or one string that is split as "
    "systemd\n"
    "splits it; there is no shell, and there are no % specifiers.\n"
    "Times are spans as in\n"
    ".BR systemd.time (7)\n"
    "or numbers of seconds.\n"
    "An unknown key, a wrong type or an impossible combination is an error with its place.\n"
    ".PP\n"
    "In a generated unit systemd applies the keys that are marked so; all others are amphid's.\n";

constexpr std::string_view tail =
    ".SH FILES\n"
    ".I /usr/share/amphid/amphid.schema.json\n"
    "is a JSON Schema for editors;\n"
    ".I amphid.toml\n"
    "among the examples of the package has every key, commented out.\n"
    ".SH SEE ALSO\n"
    ".BR amphid (1),\n"
    ".BR amphid\\-generator (8),\n"
    ".BR systemd.service (5),\n"
    ".BR systemd.exec (5)\n";

std::string applied_by(const KeyRow& row) {
    if (row.directive.empty()) {
        return {};
    }
    const std::string_view by = row.applies == Applies::amphid ? ""
                                : row.applies == Applies::unit ? ", which systemd applies in a unit"
                                                               : ", in a unit as well";
    return concat(" In systemd: ", row.directive, '=', by, '.');
}

} // namespace

std::string reference_man(std::string_view version) {
    std::string out = concat(roff_title("AMPHID.TOML", 5, version, "File formats"), head);
    for (const auto& [name, rows] : rows_of(Config())) {
        out += concat(".SH [", name, "]\n");
        for (const KeyRow& row : rows) {
            const std::string value = row.value.empty() ? "" : concat(" = ", row.value);
            out += concat(
                ".TP\n.B ", roff_text(concat(row.name, value)), '\n',
                roff_text(concat(row.sentence, " Takes ", row.type, '.', applied_by(row))), '\n');
        }
    }
    out += ".SH [systemd.*]\n";
    for (const SystemdSection& section : systemd_sections) {
        out += concat(".TP\n.B [systemd.", section.name, "]\nFor the section [", section.heading,
                      "].\n");
    }
    return concat(out, ".PP\n", roff_text(systemd_tables_sentence), '\n', tail);
}

} // namespace amphid
