// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/config.h"

#include "base/text.h"
#include "config/reading.h"
#include "config/rules.h"
#include "config/schema.h"
#include "config/systemd_table.h"

#include <algorithm>

namespace amphid {

namespace {

Diagnostic unknown_word(std::string_view what, const Member& member,
                        std::span<const std::string_view> known) {
    std::string message = concat("unknown ", what, " '", member.key, '\'');
    if (const std::string_view near = nearest(member.key, known); !near.empty()) {
        message += concat("; did you mean '", near, "'?");
    }
    return {Diagnostic::Severity::error, member.at, std::move(message)};
}

class Reader {
public:
    ParsedConfig read(const Table& root) {
        for (const Member& member : root) {
            read_table(member);
        }
        // A mistyped key would also show as a missing one: one mistake, one message.
        if (!has_error(out_.diagnostics)) {
            out_.diagnostics = check_rules(out_.config);
        }
        return std::move(out_);
    }

private:
    void read_table(const Member& member) {
        std::vector<std::string_view> names;
        bool found = false;
        for_each_table(out_.config, [&](std::string_view name, auto& table) {
            names.push_back(name);
            if (name == member.key) {
                found = true;
                read_keys(name, table, member);
            }
        });
        names.push_back(systemd_table);
        if (member.key == systemd_table) {
            read_systemd_table(member, out_);
        } else if (!found) {
            out_.diagnostics.push_back(unknown_word("table", member, names));
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
            std::vector<std::string_view> names;
            for (const Key<T>& k : keys) {
                names.push_back(k.name);
            }
            out_.diagnostics.push_back(unknown_word("key", entry, names));
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
    if (has_error(document.diagnostics)) {
        return {{}, std::move(document.diagnostics)};
    }
    return Reader().read(document.root);
}

} // namespace amphid
