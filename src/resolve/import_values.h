// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/schema.h"
#include "config/value.h"
#include "resolve/specifiers.h"
#include "resolve/unit_text.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace amphid {

/// Splits a directive's value at blanks and removes quotes and escapes (systemd,
/// extract_first_word). Returns nullopt if a quote is not closed.
std::optional<std::vector<std::string>> words_of_value(std::string_view value);

/// Turns the lines of one directive into the value of its key.
class ValueImporter {
public:
    using Refuse = std::function<void(Position, std::string)>;

    ValueImporter(const Specifiers& specifiers, Refuse refuse)
        : specifiers_(specifiers), refuse_(std::move(refuse)) {}

    /// The value in the syntax of the key's type; nullopt if no line is in effect or valid. `lines`
    /// are those since the last empty one.
    template <class T>
    std::optional<Value> value_of(const std::vector<UnitLine>& lines, const T&) {
        if constexpr (std::is_same_v<T, bool>) {
            return flag(lines);
        } else if constexpr (std::is_same_v<T, StartCommands> || std::is_same_v<T, Commands>) {
            return commands(lines);
        } else if constexpr (std::is_same_v<T, Assignments>) {
            return assignments(lines);
        } else if constexpr (std::is_same_v<T, ConditionList> ||
                             std::is_same_v<T, EnvironmentFiles> ||
                             std::is_same_v<T, SystemCalls> || std::is_same_v<T, AddressFamilies> ||
                             std::is_same_v<T, NamespaceKinds> ||
                             std::is_same_v<T, ArchitectureNames> ||
                             std::is_same_v<T, OneOrMore<SocketAddress>>) {
            return whole_lines(lines);
        } else if constexpr (std::is_same_v<T, Uris> || std::is_same_v<T, UnitNames> ||
                             std::is_same_v<T, Names> || std::is_same_v<T, DirectoryNames> ||
                             std::is_same_v<T, SecureBits> || std::is_same_v<T, ExitStatusSet> ||
                             std::is_same_v<T, OneOrMore<Path>> ||
                             std::is_same_v<T, std::optional<CpuSet>> ||
                             std::is_same_v<T, std::optional<CapabilitySet>>) {
            return words(lines);
        } else if constexpr (std::is_same_v<T, unsigned> || std::is_same_v<T, Number>) {
            return number(lines);
        } else {
            return text(lines);
        }
    }

    /// Whether hooks run with full privileges (the old PermissionsStartOnly=).
    void set_privileged(bool privileged) { privileged_ = privileged; }

private:
    std::optional<std::string> expanded(const UnitLine& line, std::string_view text);
    std::optional<Value> flag(const std::vector<UnitLine>& lines);
    std::optional<Value> number(const std::vector<UnitLine>& lines);
    std::optional<Value> text(const std::vector<UnitLine>& lines);
    std::optional<Value> words(const std::vector<UnitLine>& lines);
    std::optional<Value> whole_lines(const std::vector<UnitLine>& lines);
    std::optional<Value> assignments(const std::vector<UnitLine>& lines);
    std::optional<Value> commands(const std::vector<UnitLine>& lines);
    void add_command(const UnitLine& line, std::string_view text, Array& out);

    const Specifiers& specifiers_;
    Refuse refuse_;
    bool privileged_ = false;
};

} // namespace amphid
