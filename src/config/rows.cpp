// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/rows.h"

#include "base/text.h"
#include "config/reading.h"

namespace amphid {

std::vector<TableRows> rows_of(const Config& config) {
    std::vector<TableRows> out;
    for_each_table(config, [&](std::string_view name, const auto& table) {
        TableRows& rows = out.emplace_back();
        rows.name = name;
        for (const auto& key : keys_of(table)) {
            KeyRow& row = rows.keys.emplace_back();
            row.name = key.name;
            row.sentence = key.sentence;
            row.directive = key.directive;
            row.applies = key.applies;
            row.example = key.example;
            with_member(key.member, [&](auto field) {
                row.type = looks_like(table.*field);
                row.value = print_value(table.*field);
                row.json_schema = form_of(table.*field);
            });
            const auto origin = config.origins.find(concat(name, '.', key.name));
            if (origin != config.origins.end()) {
                row.line = origin->second.line;
                row.file = origin->second.file;
            }
        }
    });
    return out;
}

} // namespace amphid
