// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/start_condition.h"

#include "base/capability_name.h"
#include "base/glob.h"
#include "base/text.h"
#include "config/schema.h"
#include "plan/exec_syntax.h"
#include "resolve/version.h"

#include <algorithm>
#include <cstdint>

// systemd.unit(5), "Conditions and Asserts"; the cases are systemd's src/shared/condition.c.

namespace amphid {

namespace {

bool is_virtual(std::string_view parameter, const StartFacts& facts) {
    const bool any = !facts.container.empty() || !facts.virtual_machine.empty();
    if (parameter == "private-users") {
        return facts.private_users;
    }
    if (const auto flag = parse_boolean(parameter)) {
        return *flag == any;
    }
    if (parameter == "container") {
        return !facts.container.empty();
    }
    if (parameter == "vm") {
        return facts.container.empty() && !facts.virtual_machine.empty();
    }
    const std::string& word = facts.container.empty() ? facts.virtual_machine : facts.container;
    return parameter == (word.empty() ? "none" : word);
}

/// A word of the command line, or the name of an assignment in it.
bool is_on_command_line(std::string_view parameter, const StartFacts& facts) {
    const bool whole = parameter.find('=') != std::string_view::npos;
    for (const std::string_view word : split(facts.kernel_command_line, ' ')) {
        if (word == parameter || (!whole && word.substr(0, word.find('=')) == parameter)) {
            return true;
        }
    }
    return false;
}

bool is_in_environment(std::string_view parameter, const Environment& environment) {
    const auto equals = parameter.find('=');
    const auto value = find_variable(environment, parameter.substr(0, equals));
    return value && (equals == std::string_view::npos || *value == parameter.substr(equals + 1));
}

/// Compares `found` with the number in the parameter; without an operator it has to be at least
/// that.
bool compares(std::string_view parameter, std::uint64_t found,
              std::optional<std::uint64_t> (*parse)(std::string_view)) {
    std::optional<Comparison> comparison = take_comparison(parameter);
    const auto wanted = parse(parameter);
    if (!wanted) {
        return false;
    }
    const int order = found < *wanted ? -1 : found > *wanted ? 1 : 0;
    return satisfies(order, comparison.value_or(Comparison::at_least));
}

std::optional<std::uint64_t> parse_count(std::string_view text) {
    return parse_number<std::uint64_t>(text);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const auto limit = parse_limit(text, LimitUnit::bytes);
    return limit ? std::optional(limit->soft) : std::nullopt;
}

} // namespace

std::string architecture_of(const std::string& machine) {
    constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"x86_64", "x86-64"},       {"i?86", "x86"},        {"aarch64", "arm64"},
        {"aarch64_be", "arm64-be"}, {"arm*b", "arm-be"},    {"arm*", "arm"},
        {"ppc64le", "ppc64-le"},    {"ppcle", "ppc-le"},    {"loongarch64", "loongarch64"},
        {"mips64", "mips64"},       {"mips", "mips"},       {"parisc64", "parisc64"},
        {"sparc64", "sparc64"},     {"riscv64", "riscv64"}, {"riscv32", "riscv32"},
        {"s390x", "s390x"},         {"s390", "s390"}};
    for (const auto& [pattern, name] : names) {
        if (matches_glob(pattern, machine)) {
            return std::string(name);
        }
    }
    return machine;
}

bool holds(ConditionKind kind, std::string_view parameter, const StartFacts& facts) {
    switch (kind) {
    case ConditionKind::virtualization:
        return is_virtual(parameter, facts);
    case ConditionKind::architecture:
        return parameter == "native" || parameter == architecture_of(facts.machine);
    case ConditionKind::host:
        return parameter == facts.machine_id || matches_glob(parameter, facts.host_name);
    case ConditionKind::kernel_command_line:
        return is_on_command_line(parameter, facts);
    case ConditionKind::kernel_version:
        return is_version(facts.kernel_release, parameter);
    case ConditionKind::environment:
        return is_in_environment(parameter, facts.environment);
    case ConditionKind::capability: {
        const auto number = parse_capability(parameter);
        return number && ((facts.bounding_set >> *number) & 1) != 0;
    }
    case ConditionKind::security:
        return std::find(facts.security.begin(), facts.security.end(), parameter) !=
               facts.security.end();
    case ConditionKind::ac_power:
        return parse_boolean(parameter) == facts.mains_power;
    case ConditionKind::first_boot:
        return parse_boolean(parameter) == facts.first_boot;
    case ConditionKind::cpus:
        return compares(parameter, facts.cpus, parse_count);
    case ConditionKind::memory:
        return compares(parameter, facts.memory, parse_size);
    default: {
        const auto answer = facts.answers.find({kind, std::string(parameter)});
        return answer != facts.answers.end() && answer->second;
    }
    }
}

namespace {

/// Calls f(key, list) for each list of the table.
template <class F>
void for_each_list(const UnitTable& unit, F&& f) {
    for (const Key<UnitTable>& key : keys_of(unit)) {
        if (const auto* member = std::get_if<ConditionList UnitTable::*>(&key.member)) {
            f(key, unit.**member);
        }
    }
}

/// The first condition that does not hold, as text; empty if all hold.
std::string first_unmet(const UnitTable& unit, const StartFacts& facts, bool asserted) {
    std::string unmet;
    std::string triggers;
    bool triggered = false;
    for_each_list(unit, [&](const Key<UnitTable>& key, const ConditionList& list) {
        const bool asserts = key.name.starts_with("assert-");
        for (const std::string& text :
             asserts == asserted ? list.list : std::vector<std::string>{}) {
            const ConditionTest test = condition_test(text);
            const bool ok = holds(list.kind, test.parameter, facts) != test.negated;
            const std::string words = concat(key.name, " = ", json_string(text));
            if (test.triggers) {
                triggered = triggered || ok;
                triggers += concat(triggers.empty() ? "" : ", ", words);
            } else if (!ok && unmet.empty()) {
                unmet = words;
            }
        }
    });
    return !unmet.empty() || triggered ? unmet : triggers;
}

} // namespace

std::vector<StartQuestion> questions_of(const UnitTable& unit) {
    std::vector<StartQuestion> out;
    for_each_list(unit, [&](const Key<UnitTable>&, const ConditionList& list) {
        for (const std::string& text : list.list) {
            const bool fact = is_about_path(list.kind) || list.kind == ConditionKind::user ||
                              list.kind == ConditionKind::group ||
                              list.kind == ConditionKind::control_group_controller;
            if (fact) {
                out.push_back({list.kind, std::string(condition_test(text).parameter)});
            }
        }
    });
    return out;
}

bool has_start_conditions(const UnitTable& unit) {
    bool out = false;
    for_each_list(unit, [&](const Key<UnitTable>&, const ConditionList& list) {
        out = out || !list.list.empty();
    });
    return out;
}

std::optional<UnmetCondition> unmet_condition(const UnitTable& unit, const StartFacts& facts) {
    for (const bool asserted : {false, true}) {
        if (std::string words = first_unmet(unit, facts, asserted); !words.empty()) {
            return UnmetCondition{asserted, std::move(words)};
        }
    }
    return std::nullopt;
}

} // namespace amphid
