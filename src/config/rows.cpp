// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/rows.h"

#include "base/text.h"
#include "config/reading.h"

namespace amphid {

namespace {

class Rows {
public:
    explicit Rows(const Config& config) : config_(config) {}

    /// `origin`: where Config::origins has the keys of the table.
    template <class T>
    TableRows& add(std::string_view name, const T& table, std::string_view origin) {
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
            const auto found = config_.origins.find(concat(origin, '.', key.name));
            if (found != config_.origins.end()) {
                row.line = found->second.line;
                row.file = found->second.file;
            }
        }
        return rows;
    }

    std::vector<TableRows> out;

private:
    const Config& config_;
};

} // namespace

std::vector<TableRows> rows_of(const Config& config) {
    Rows rows(config);
    for_each_table(config,
                   [&](std::string_view name, const auto& table) { rows.add(name, table, name); });
    for (std::size_t i = 0; i < config.sockets.size(); ++i) {
        rows.add(socket_table, config.sockets[i], origin_of_socket(i)).is_repeated = true;
    }
    return std::move(rows.out);
}

std::vector<TableRows> rows_of_schema() {
    Config one;
    one.sockets.emplace_back();
    return rows_of(one);
}

std::string heading_of(const TableRows& table) {
    return table.is_repeated ? concat("[[", table.name, "]]") : concat('[', table.name, ']');
}

} // namespace amphid
