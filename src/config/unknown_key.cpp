// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/unknown_key.h"

#include "base/text.h"
#include "config/directive_names.h"
#include "config/schema.h"
#include "config/synonyms.h"
#include "config/systemd_table.h"

#include <algorithm>

namespace amphid {

namespace {

/// A key of the schema, with its table.
struct Known {
    std::string_view table;
    std::string_view key;
    std::string_view directive;
};

std::vector<Known> known_keys() {
    std::vector<Known> out;
    for_each_possible_table([&](std::string_view table, const auto& values) {
        for (const auto& key : keys_of(values)) {
            out.push_back({table, key.name, key.directive});
        }
    });
    return out;
}

/// The next significant character of a name, in lower case; 0 at its end.
char next_of(std::string_view& name) {
    while (!name.empty()) {
        const char c = name.front();
        name.remove_prefix(1);
        if (c != '-' && c != '_' && c != '.') {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return '\0';
}

/// True if both are the same name without hyphens, underscores, dots and case. Allocates nothing:
/// it is called for every known name.
bool is_spelling_of(std::string_view a, std::string_view b) {
    char c = '\0';
    do {
        c = next_of(a);
        if (c != next_of(b)) {
            return false;
        }
    } while (c != '\0');
    return true;
}

/// The same key in another spelling or another table; the current table is preferred.
std::vector<Known> same_names(std::string_view table, std::string_view key) {
    std::vector<Known> out;
    for (const Known& known : known_keys()) {
        if (is_spelling_of(known.key, key) || is_spelling_of(known.directive, key)) {
            out.push_back(known);
        }
    }
    const auto own = std::find_if(out.begin(), out.end(),
                                  [&](const Known& known) { return known.table == table; });
    return own == out.end() ? out : std::vector{*own};
}

std::string about_same_name(std::string_view table, std::string_view key,
                            const std::vector<Known>& found) {
    if (found.front().table == table) {
        return concat("; it is spelled '", found.front().key, "' here");
    }
    std::string out = concat(
        "; ", found.front().key == key ? std::string("it") : concat('\'', found.front().key, '\''));
    for (const Known& known : found) {
        out += concat(&known == &found.front() ? " belongs in [" : " or [", known.table, ']');
    }
    return out;
}

std::string about_synonym(std::string_view table, std::string_view key, bool own_table) {
    for (const Synonym& synonym : synonyms) {
        const auto words = split(synonym.words, ' ');
        if ((!own_table || synonym.table == table) &&
            std::any_of(words.begin(), words.end(),
                        [&](std::string_view word) { return is_spelling_of(word, key); })) {
            return concat("; use '", synonym.key, '\'',
                          synonym.table == table ? "" : concat(" in [", synonym.table, ']'),
                          synonym.note[0] == '\0' ? "" : concat(" (", synonym.note, ')'));
        }
    }
    return {};
}

/// For a directive without a key of ours.
std::string about_systemds(std::string_view key) {
    for (const SystemdSection& section : systemd_sections) {
        for (const std::string_view directive : directives_in(section.name)) {
            if (is_spelling_of(directive, key)) {
                return concat("; systemd's ", directive, "= goes into [systemd.", section.name,
                              "], spelled as systemd does");
            }
        }
    }
    return {};
}

std::string about_nearest(std::string_view table, std::string_view key) {
    std::vector<std::string_view> own;
    std::vector<std::string_view> others;
    const auto known = known_keys();
    for (const Known& each : known) {
        (each.table == table ? own : others).push_back(each.key);
    }
    if (const std::string_view near = nearest(key, own); !near.empty()) {
        return concat("; did you mean '", near, "'?");
    }
    const std::string_view near = nearest(key, others);
    const auto found = std::find_if(known.begin(), known.end(), [&](const Known& each) {
        return each.table != table && each.key == near;
    });
    return near.empty() || found == known.end()
               ? std::string()
               : concat("; did you mean '", near, "' in [", found->table, "]?");
}

} // namespace

std::string about_unknown_key(std::string_view table, std::string_view key) {
    const auto found = same_names(table, key);
    const bool own = !found.empty() && found.front().table == table;
    std::string end = own ? about_same_name(table, key, found) : std::string();
    if (end.empty()) {
        end = about_synonym(table, key, true);
    }
    if (end.empty() && !found.empty()) {
        end = about_same_name(table, key, found);
    }
    if (end.empty()) {
        end = about_synonym(table, key, false);
    }
    if (end.empty()) {
        end = about_systemds(key);
    }
    if (end.empty()) {
        end = about_nearest(table, key);
    }
    return concat("unknown key '", key, '\'', end);
}

std::string about_unknown_table(std::string_view name, bool is_table) {
    if (!is_table) {
        const auto known = known_keys();
        const auto found = std::find_if(known.begin(), known.end(),
                                        [&](const Known& each) { return each.key == name; });
        return concat("the key '", name, "' is outside any table",
                      found == known.end() ? ""
                                           : concat("; it belongs under [", found->table, ']'));
    }
    std::vector<std::string_view> names;
    for_each_possible_table([&](std::string_view table, const auto&) { names.push_back(table); });
    names.push_back(systemd_table);
    const std::string_view near = nearest(name, names);
    return concat("unknown table '", name, '\'',
                  near.empty() ? "" : concat("; did you mean '", near, "'?"));
}

DirectiveRemark about_directive(std::string_view section, std::string_view directive) {
    const auto sections = sections_with(directive);
    if (directive.starts_with("X-") ||
        std::find(sections.begin(), sections.end(), section) != sections.end()) {
        return {};
    }
    if (!sections.empty()) {
        return {concat(directive, "= has no effect in [systemd.", section,
                       "]; it belongs in [systemd.", sections.front(), ']'),
                true};
    }
    const auto known = directives_in(section);
    const std::string_view near = nearest(directive, known);
    return {concat(directive, "= is not a directive that amphid knows",
                   near.empty() ? "" : concat("; did you mean ", near, "=?")),
            false};
}

} // namespace amphid
