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
    "amphid.toml \\- configuration of a service that amphid runs\n"
    ".SH SYNOPSIS\n"
    ".I /etc/amphid/NAME.toml\n"
    ".br\n"
    ".I $XDG_CONFIG_HOME/amphid/NAME.toml\n"
    ".SH DESCRIPTION\n"
    "A file in TOML 1.0 describes one service for\n"
    ".BR amphid (1)\n"
    "and, on hosts that run systemd, for\n"
    ".BR amphid\\-generator (8).\n"
    "Only the key\n"
    ".B exec\\-start\n"
    "in the table\n"
    ".B [service]\n"
    "is required.\n"
    ".PP\n"
    "A key that exists in systemd has the same name, in lower case with hyphens, and the same "
    "meaning.\n"
    "A command is an array of strings, or one string that is split the way systemd does.\n"
    "It is run without a shell, and without % specifiers other than %i, %I and %% in templates.\n"
    "Time spans are written as in\n"
    ".BR systemd.time (7),\n"
    "or as a number of seconds.\n"
    "Unknown keys, wrong types and impossible combinations are errors;\n"
    ".B amphid check\n"
    "reports all of them with line and column.\n"
    ".PP\n"
    "In a generated unit, systemd applies the keys that are marked below;\n"
    "amphid applies all others.\n";

constexpr std::string_view tail =
    ".SH EXAMPLES\n"
    "A web server that is ready once it listens, and is restarted if it fails:\n"
    ".PP\n"
    ".EX\n"
    "[unit]\n"
    "description = \"Demo web server\"\n"
    "\n"
    "[service]\n"
    "exec\\-start = [\"/usr/bin/python3\", \"\\-m\", \"http.server\", \"8080\"]\n"
    "user = \"www\\-data\"\n"
    "working\\-directory = \"/srv/www\"\n"
    "restart = \"on\\-failure\"\n"
    "\n"
    "[ready]\n"
    "listen = \"tcp:8080\"\n"
    "\n"
    "[install]\n"
    "wanted\\-by = \"multi\\-user.target\"\n"
    ".EE\n"
    ".SH ENVIRONMENT\n"
    "The processes of the service get the variables that are described in\n"
    ".BR systemd.exec (5),\n"
    "as far as they apply: PATH, USER, LOGNAME, HOME, SHELL, INVOCATION_ID, NOTIFY_SOCKET,\n"
    "MAINPID, SERVICE_RESULT, EXIT_CODE, EXIT_STATUS, WATCHDOG_USEC, RUNTIME_DIRECTORY,\n"
    "STATE_DIRECTORY, CACHE_DIRECTORY, LOGS_DIRECTORY and CONFIGURATION_DIRECTORY.\n"
    ".SH FILES\n"
    ".TP\n"
    ".I NAME.toml.d/*.toml\n"
    "Drop\\-ins, see\n"
    ".BR amphid (1).\n"
    ".TP\n"
    ".I /usr/share/amphid/amphid.schema.json\n"
    "A JSON Schema of this file, for editors.\n"
    ".SH EXIT STATUS\n"
    ".B amphid check\n"
    "exits with 0 if the file has no errors, and with 6 otherwise.\n"
    ".SH SEE ALSO\n"
    ".BR amphid (1),\n"
    ".BR amphid\\-status (5),\n"
    ".BR amphid\\-generator (8),\n"
    ".BR systemd.service (5),\n"
    ".BR systemd.exec (5),\n"
    ".BR systemd.kill (5),\n"
    ".BR systemd.socket (5)\n";

std::string applied_by(const KeyRow& row) {
    if (row.directive.empty()) {
        return {};
    }
    const std::string_view by = row.applies == Applies::amphid ? ""
                                : row.applies == Applies::unit ? ", applied by systemd in a unit"
                                                               : ", also applied by systemd";
    return concat(" In systemd: ", row.directive, '=', by, '.');
}

std::string entry(const KeyRow& row) {
    const std::string value = row.value.empty() ? "" : concat(" = ", row.value);
    const std::string out =
        concat(".TP\n.B ", roff_text(concat(row.name, value)), '\n',
               roff_text(concat(row.sentence, " Takes ", row.type, '.', applied_by(row))), '\n');
    return concat(out, ".br\nExample:\n.B ", roff_text(concat(row.name, " = ", row.example)), '\n');
}

} // namespace

std::string reference_man(std::string_view version) {
    std::string out = concat(roff_title("AMPHID.TOML", 5, version, "File formats"), head);
    for (const TableRows& table : rows_of_schema()) {
        out += concat(".SH ", heading_of(table), '\n');
        for (const KeyRow& row : table.keys) {
            const std::string_view heading = heading_at(table.name, row.name);
            out += heading.empty() ? "" : concat(".SS ", heading, '\n');
            out += entry(row);
        }
    }
    out += ".SH [systemd.*]\n";
    for (const SystemdSection& section : systemd_sections) {
        out += concat(".TP\n.B [systemd.", section.name, "]\nDirectives for the section [",
                      section.heading, "].\n");
    }
    return concat(out, ".PP\n", roff_text(systemd_tables_sentence), '\n', tail);
}

} // namespace amphid
