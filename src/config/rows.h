// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/forms.h"
#include "config/schema.h"

#include <optional>
#include <string>
#include <vector>

namespace amphid {

/// One key of the schema as text, with its value in a configuration.
struct KeyRow {
    std::string_view name;
    std::string type;
    std::string value; // as TOML; empty: not set
    std::string_view sentence;
    std::string_view directive;
    Applies applies = Applies::amphid;
    std::string_view example; // as TOML
    std::string json_schema;  // members of a JSON Schema object
    std::optional<int> line;  // in the file, if it is set there
    int file = 0;             // index in Config::files
};

struct TableRows {
    std::string_view name;
    std::vector<KeyRow> keys;
    bool is_repeated = false; // a file may have several
};

/// Every key in the order of the reference: what references, generated units and `explain` print.
std::vector<TableRows> rows_of(const Config& config);

/// The same with the defaults, with each possible table once.
std::vector<TableRows> rows_of_schema();

/// "[service]" or "[[socket]]".
std::string heading_of(const TableRows& table);

/// What the tables [systemd.*] are for.
constexpr std::string_view systemd_tables_sentence =
    "Directives that are copied verbatim to the generated unit. Each is a string, an integer or a "
    "boolean, or an array of these for several lines. Directives that have a key of their own, or "
    "that amphid sets itself, are refused.";

} // namespace amphid
