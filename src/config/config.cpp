// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/config.h"

#include "base/text.h"
#include "config/reading.h"
#include "config/rules.h"
#include "config/schema.h"
#include "config/systemd_table.h"
#include "config/unknown_key.h"

#include <algorithm>

namespace amphid {

namespace {

class Reader {
public:
    explicit Reader(std::vector<Diagnostic> found) : out_{{}, std::move(found)} {}

    ParsedConfig read(const Table& root) {
        for (const Member& member : root) {
            read_table(member);
        }
        // A mistyped key would also show as a missing one: one mistake, one message.
        if (!has_error(out_.diagnostics)) {
            for (Diagnostic& diagnostic : check_rules(out_.config)) {
                out_.diagnostics.push_back(std::move(diagnostic));
            }
        }
        return std::move(out_);
    }

private:
    void read_table(const Member& member) {
        bool found = false;
        for_each_table(out_.config, [&](std::string_view name, auto& table) {
            if (name == member.key) {
                found = true;
                read_keys(name, table, member);
            }
        });
        if (member.key == systemd_table) {
            read_systemd_table(member, out_);
        } else if (!found) {
            const bool is_table = std::holds_alternative<Table>(member.value.data);
            refuse({about_unknown_table(member.key, is_table), member.at});
        }
    }

    template <class T>
    void read_keys(std::string_view table_name, T& table, const Member& member) {
        const auto* members = std::get_if<Table>(&member.value.data);
        if (members == nullptr) {
            refuse(wrong_kind(member.value, concat("the table [", table_name, ']')));
            return;
        }
        out_.config.origins.emplace(table_name, member.at);
        for (const Member& entry : *members) {
            read_key(table_name, table, entry);
        }
    }

    template <class T>
    void read_key(std::string_view table_name, T& table, const Member& entry) {
        const auto keys = keys_of(table);
        const auto key = std::find_if(keys.begin(), keys.end(),
                                      [&](const Key<T>& k) { return k.name == entry.key; });
        if (key == keys.end()) {
            refuse({about_unknown_key(table_name, entry.key), entry.at});
            return;
        }
        const auto refusal = with_member(
            key->member, [&](auto field) { return read_value(entry.value, table.*field); });
        if (refusal) {
            refuse({concat(key->name, ": ", refusal->message), refusal->at});
        } else {
            out_.config.origins.emplace(concat(table_name, '.', key->name), entry.value.at);
        }
    }

    void refuse(Refusal refusal) {
        out_.diagnostics.push_back(
            {Diagnostic::Severity::error, refusal.at, std::move(refusal.message)});
    }

    ParsedConfig out_;
};

} // namespace

ParsedConfig parse_config(std::string_view text) {
    Document document = parse_toml(text);
    return Reader(std::move(document.diagnostics)).read(document.root);
}

} // namespace amphid
