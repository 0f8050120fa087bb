// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/socket_unit.h"

#include "base/text.h"
#include "config/rows.h"
#include "plan/unit_name.h"
#include "resolve/directive.h"
#include "resolve/sockets.h"

namespace amphid {

namespace {

/// "web", or "web@%i": what systemd makes of it is the name of the service.
std::string service_in_unit(const UnitFacts& facts) {
    return concat(facts.name, is_template(facts) ? "%i" : "");
}

/// "web", "web-2"; of a template "web@", "web-2@".
std::string stem_of_unit(const UnitFacts& facts, std::size_t index) {
    if (index == 0) {
        return facts.name;
    }
    std::string out = facts.name;
    const auto end = is_template(facts) ? out.size() - 1 : out.size();
    return out.insert(end, concat('-', index + 1));
}

std::string lines_of(const TableRows& table, const UnitFacts& facts) {
    const Percent percent = is_template(facts) ? Percent::is_specifier : Percent::is_literal;
    std::string out;
    for (const KeyRow& row : table.keys) {
        if (!row.line) {
            continue;
        }
        auto values = directive_values(row.value, percent);
        if (values.empty()) {
            values.push_back(directive_value(row.value, percent));
        }
        for (const std::string& value : values) {
            out += directive_line(row.directive, value);
        }
    }
    return out;
}

SocketUnit socket_unit(const TableRows& table, const UnitFacts& facts, std::size_t index,
                       bool has_name) {
    const std::string service = service_in_unit(facts);
    const std::string unit =
        concat(directive_line("Description", concat("Socket of ", service, " (amphid)")),
               directive_line("SourcePath", directive_value(json_string(facts.file.path))));
    // A name in any case: that of systemd's default is the unit's.
    const std::string name =
        has_name ? "" : directive_line("FileDescriptorName", default_socket_name(service));
    const std::string socket = concat(directive_line("Service", concat(service, service_suffix)),
                                      name, lines_of(table, facts));
    return {concat(stem_of_unit(facts, index), ".socket"),
            concat(unit_head(facts), "\n[Unit]\n", unit, "\n[Socket]\n", socket)};
}

} // namespace

std::vector<SocketUnit> socket_units(const Config& config, const UnitFacts& facts) {
    std::vector<SocketUnit> out;
    for (const TableRows& table : rows_of(config)) {
        if (table.is_repeated) {
            const std::size_t index = out.size();
            const bool has_name = !config.sockets[index].file_descriptor_name.empty();
            out.push_back(socket_unit(table, facts, index, has_name));
        }
    }
    return out;
}

std::string sockets_directive(const Config& config, const UnitFacts& facts) {
    std::string out;
    for (std::size_t i = 0; i < config.sockets.size(); ++i) {
        out += concat(i == 0 ? "" : " ", stem_of_unit(facts, i), is_template(facts) ? "%i" : "",
                      ".socket");
    }
    return out;
}

} // namespace amphid
