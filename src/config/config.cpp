// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/config.h"

#include "base/text.h"
#include "config/instance.h"
#include "config/merging.h"
#include "config/reading.h"
#include "config/rules.h"
#include "config/schema.h"
#include "config/systemd_table.h"
#include "config/unknown_key.h"

#include <algorithm>

namespace amphid {

namespace {

void mark_file(Value& value, int file);

void mark_file(Table& table, int file) {
    for (Member& member : table) {
        member.at.file = file;
        mark_file(member.value, file);
    }
}

/// Marks the values with the file they come from.
void mark_file(Value& value, int file) {
    value.at.file = file;
    if (auto* array = std::get_if<Array>(&value.data)) {
        for (Value& element : *array) {
            mark_file(element, file);
        }
    } else if (auto* table = std::get_if<Table>(&value.data)) {
        mark_file(*table, file);
    }
}

/// An empty list, or an empty string or list as its first element, which is taken out: earlier
/// values are discarded.
bool take_reset(Value& value) {
    auto* array = std::get_if<Array>(&value.data);
    if (array == nullptr || array->empty()) {
        return array != nullptr;
    }
    const auto* text = std::get_if<std::string>(&array->front().data);
    const auto* list = std::get_if<Array>(&array->front().data);
    const bool is_empty = (text != nullptr && text->empty()) || (list != nullptr && list->empty());
    if (is_empty) {
        array->erase(array->begin());
    }
    return is_empty;
}

class Reader {
public:
    /// `remarks`: warn about what systemd would ignore; a unit file is systemd's own business.
    explicit Reader(bool remarks) : remarks_(remarks) {}

    void read(const Table& root) {
        for (const Member& member : root) {
            read_table(member);
        }
    }

    void refuse_all(std::vector<Diagnostic> found) {
        for (Diagnostic& diagnostic : found) {
            out_.diagnostics.push_back(std::move(diagnostic));
        }
    }

    ParsedConfig finish() {
        // A mistyped key would also show as a missing one: one mistake, one message.
        if (!has_error(out_.diagnostics)) {
            refuse_all(check_rules(out_.config));
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
            read_systemd_table(member, out_, remarks_);
        } else if (member.key == socket_table) {
            read_sockets(member);
        } else if (!found) {
            const bool is_table = std::holds_alternative<Table>(member.value.data);
            refuse({about_unknown_table(member.key, is_table), member.at});
        }
    }

    /// Those of a drop-in are added; an empty list discards the earlier ones.
    void read_sockets(const Member& member) {
        const auto* tables = std::get_if<Array>(&member.value.data);
        const bool valid = tables != nullptr &&
                           std::all_of(tables->begin(), tables->end(), [](const Value& element) {
                               return std::holds_alternative<Table>(element.data);
                           });
        if (!valid) {
            const bool once = std::holds_alternative<Table>(member.value.data);
            refuse(once ? Refusal{"a file may have several sockets: write [[socket]]", member.at}
                        : wrong_kind(member.value, "tables [[socket]]"));
            return;
        }
        if (tables->empty()) {
            out_.config.sockets.clear();
            auto& origins = out_.config.origins;
            const std::string prefix = concat(socket_table, '[');
            for (auto at = origins.lower_bound(prefix);
                 at != origins.end() && at->first.starts_with(prefix);) {
                at = origins.erase(at);
            }
        }
        for (const Value& element : *tables) {
            const std::string name = origin_of_socket(out_.config.sockets.size());
            SocketTable& table = out_.config.sockets.emplace_back();
            out_.config.origins.emplace(name, element.at);
            for (const Member& entry : std::get<Table>(element.data)) {
                read_key(name, table, entry, socket_table);
            }
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
            read_key(table_name, table, entry, table_name);
        }
    }

    /// `origin`: where Config::origins has the keys of the table.
    template <class T>
    void read_key(std::string_view origin, T& table, const Member& entry,
                  std::string_view table_name) {
        const auto keys = keys_of(table);
        const auto found = keys.find(entry.key);
        if (found == keys.end()) {
            refuse({about_unknown_key(table_name, entry.key), entry.at});
            return;
        }
        const Key<T> key = *found;
        const std::string name = concat(origin, '.', key.name);
        const bool again = out_.config.origins.contains(name);
        const auto refusal = with_member(key.member, [&](auto field) {
            return again ? read_again(entry.value, table.*field)
                         : read_value(entry.value, table.*field);
        });
        if (refusal) {
            refuse({concat(key.name, ": ", refusal->message), refusal->at});
        } else {
            out_.config.origins.insert_or_assign(name, entry.value.at);
        }
    }

    /// Merges a drop-in's value for a key that is already set.
    template <class T>
    static std::optional<Refusal> read_again(Value value, T& field) {
        const bool resets = is_added_to<T> && take_reset(value);
        T read = T();
        if constexpr (AddsToList<T>) {
            read = field;
            read.list.clear();
        } else if constexpr (!is_added_to<T>) {
            read = field; // keeps the bounds of its type
        }
        if (auto refusal = read_value(value, read)) {
            return refusal;
        }
        if (!is_added_to<T> || resets) {
            field = std::move(read);
        } else {
            add_value(field, std::move(read));
        }
        return std::nullopt;
    }

    void refuse(Refusal refusal) {
        out_.diagnostics.push_back(
            {Diagnostic::Severity::error, refusal.at, std::move(refusal.message)});
    }

    bool remarks_;
    ParsedConfig out_;
};

} // namespace

ParsedConfig parse_config(const std::vector<std::string_view>& texts,
                          const std::optional<std::string>& instance) {
    Reader reader(true);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        Document document = parse_toml(texts[i]);
        for (Diagnostic& found : document.diagnostics) {
            found.at.file = static_cast<int>(i);
        }
        mark_file(document.root, static_cast<int>(i));
        if (instance) {
            expand_instance(document.root, *instance, document.diagnostics);
        }
        reader.refuse_all(std::move(document.diagnostics));
        reader.read(document.root);
    }
    ParsedConfig out = reader.finish();
    out.config.instance = instance.value_or("");
    return out;
}

ParsedConfig read_tree(const Table& root) {
    Reader reader(false);
    reader.read(root);
    return reader.finish();
}

ParsedConfig parse_config(std::string_view text) {
    return parse_config({text}, std::nullopt);
}

} // namespace amphid
