// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/text.h"
#include "config/forms.h"
#include "config/reading.h"
#include "config/schema.h"

namespace amphid {

/// One key of the schema in words: what every reference prints.
struct ReferenceRow {
    std::string_view name;
    std::string type;
    std::string value; // the default as TOML; empty: not set
    std::string_view sentence;
    std::string_view directive;
    Applies applies;
    Form form;
};

/// Calls `visit(table's name, rows)` for each table.
template <class F>
void for_each_reference_table(F&& visit) {
    const Config defaults;
    for_each_table(defaults, [&](std::string_view name, const auto& table) {
        std::vector<ReferenceRow> rows;
        for (const auto& key : keys_of(table)) {
            ReferenceRow row{key.name, {}, {}, key.sentence, key.directive, key.applies, {}};
            std::visit(
                [&](auto field) {
                    row.type = looks_like(table.*field);
                    row.value = print_value(table.*field);
                    row.form = form_of(table.*field);
                },
                key.member);
            rows.push_back(std::move(row));
        }
        visit(name, rows);
    });
}

/// What the tables [systemd.*] are for.
constexpr std::string_view systemd_tables_sentence =
    "Directives that are copied as they are into the generated unit: a string, an integer or a "
    "boolean each, or an array of these for several lines. A directive that a key stands for, or "
    "that amphid writes itself, is refused.";

} // namespace amphid
