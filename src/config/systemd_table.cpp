// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/systemd_table.h"

#include "base/text.h"
#include "config/reading.h"
#include "config/schema.h"
#include "config/unknown_key.h"

#include <algorithm>
#include <cstdint>

namespace amphid {

namespace {

/// Directives without a key that a generated unit must not override.
constexpr std::string_view owned[] = {"GuessMainPID", "RuntimeDirectoryPreserve", "SourcePath",
                                      "TimeoutSec", "BusName"};

/// Directives that had no key in the last release: still taken here, with a warning.
constexpr std::string_view newly_keys[] = {"SystemCallFilter",
                                           "SystemCallErrorNumber",
                                           "SystemCallArchitectures",
                                           "RestrictRealtime",
                                           "RestrictSUIDSGID",
                                           "RestrictAddressFamilies",
                                           "RestrictNamespaces",
                                           "LockPersonality",
                                           "MemoryDenyWriteExecute",
                                           "ProtectKernelLogs",
                                           "ProtectClock",
                                           "ProtectKernelModules",
                                           "ProtectHostname",
                                           "KeyringMode"};

bool is_newly_key(std::string_view directive) {
    return std::find(std::begin(newly_keys), std::end(newly_keys), directive) !=
           std::end(newly_keys);
}

/// "the key 'restart' of [service]", or empty.
std::string key_of(std::string_view directive) {
    std::string out;
    for_each_possible_table([&](std::string_view table, const auto& values) {
        for (const auto& key : keys_of(values)) {
            if (key.directive == directive) {
                out = concat("the key '", key.name, "' of [", table, ']');
            }
        }
    });
    return out;
}

bool is_directive_name(std::string_view name) {
    const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto allowed = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || is_upper(c) || c == '-';
    };
    const bool extension = name.starts_with("X-"); // reserved for applications by systemd.syntax(7)
    return !name.empty() && is_upper(name.front()) &&
           std::all_of(name.begin(), name.end(), allowed) &&
           (extension || name.find('-') == std::string_view::npos);
}

std::optional<Refusal> add_value(const Value& value, std::vector<std::string>& out) {
    if (const auto* text = std::get_if<std::string>(&value.data)) {
        constexpr auto is_control = [](unsigned char c) {
            return (c < 0x20 && c != '\t') || c == 0x7f;
        };
        if (std::any_of(text->begin(), text->end(), is_control)) {
            return Refusal{"the value of a directive must be one line without control characters",
                           value.at};
        }
        out.push_back(*text);
    } else if (const auto* number = std::get_if<std::int64_t>(&value.data)) {
        out.push_back(concat(*number));
    } else if (const auto* flag = std::get_if<bool>(&value.data)) {
        out.emplace_back(*flag ? "yes" : "no");
    } else {
        return wrong_kind(value, "a string, an integer, a boolean, or an array of these");
    }
    return std::nullopt;
}

std::optional<Refusal> read_directive(const Member& member, Directive& out) {
    if (!is_directive_name(member.key)) {
        return Refusal{concat("expected a directive as systemd spells it (\"PrivateTmp\"), got '",
                              member.key, '\''),
                       member.at};
    }
    if (const std::string key = key_of(member.key); !key.empty() && !is_newly_key(member.key)) {
        return Refusal{concat(member.key, "= is ", key, ": set it there"), member.at};
    }
    if (std::find(std::begin(owned), std::end(owned), member.key) != std::end(owned)) {
        return Refusal{concat(member.key, "= is set by amphid in the units that it generates"),
                       member.at};
    }
    out.name = member.key;
    const auto* array = std::get_if<Array>(&member.value.data);
    if (array == nullptr) {
        return add_value(member.value, out.values);
    }
    for (const Value& element : *array) {
        if (auto refusal = add_value(element, out.values)) {
            return refusal;
        }
    }
    return std::nullopt;
}

class SystemdReader {
public:
    SystemdReader(ParsedConfig& out, bool remarks) : out_(out), remarks_(remarks) {}

    void read(const Member& member) {
        const auto* tables = std::get_if<Table>(&member.value.data);
        if (tables == nullptr) {
            refuse(wrong_kind(member.value, "the tables [systemd.unit], [systemd.service] and "
                                            "[systemd.install]"));
            return;
        }
        for (const Member& table : *tables) {
            read_section(table);
        }
    }

private:
    void read_section(const Member& member) {
        const auto section =
            std::find_if(systemd_sections.begin(), systemd_sections.end(),
                         [&](const SystemdSection& s) { return s.name == member.key; });
        const auto* table = std::get_if<Table>(&member.value.data);
        if (section == systemd_sections.end()) {
            std::vector<std::string_view> names;
            for (const SystemdSection& known : systemd_sections) {
                names.push_back(known.name);
            }
            const std::string_view near = nearest(member.key, names);
            refuse({concat("unknown table 'systemd.", member.key, '\'',
                           near.empty() ? "" : concat("; did you mean 'systemd.", near, "'?")),
                    member.at});
            return;
        }
        if (table == nullptr) {
            refuse(wrong_kind(member.value, concat("the table [systemd.", section->name, ']')));
            return;
        }
        for (const Member& entry : *table) {
            Directive directive;
            if (auto refusal = read_directive(entry, directive)) {
                refuse(std::move(*refusal));
            } else {
                if (remarks_) {
                    remark(section->name, entry);
                }
                add(std::move(directive), out_.config.systemd.*(section->directives));
            }
        }
    }

    /// systemd itself ignores unknown directives.
    void remark(std::string_view section, const Member& entry) {
        if (is_newly_key(entry.key)) {
            out_.diagnostics.push_back(
                {Diagnostic::Severity::warning, entry.at,
                 concat(entry.key, "= is now ", key_of(entry.key),
                        ", which also works outside systemd: set it there, since the next release "
                        "refuses it here")});
        }
        DirectiveRemark remark = about_directive(section, entry.key);
        if (!remark.message.empty()) {
            out_.diagnostics.push_back(
                {remark.certain ? Diagnostic::Severity::error : Diagnostic::Severity::warning,
                 entry.at, std::move(remark.message)});
        }
    }

    /// A drop-in's values are added as further lines, and systemd decides what they mean; an empty
    /// list removes all of them.
    static void add(Directive directive, std::vector<Directive>& to) {
        const auto known = std::find_if(to.begin(), to.end(), [&](const Directive& other) {
            return other.name == directive.name;
        });
        if (known == to.end()) {
            to.push_back(std::move(directive));
        } else if (directive.values.empty()) {
            to.erase(known);
        } else {
            known->values.insert(known->values.end(), directive.values.begin(),
                                 directive.values.end());
        }
    }

    void refuse(Refusal refusal) {
        out_.diagnostics.push_back(
            {Diagnostic::Severity::error, refusal.at, std::move(refusal.message)});
    }

    ParsedConfig& out_;
    bool remarks_;
};

} // namespace

void read_systemd_table(const Member& member, ParsedConfig& out, bool remarks) {
    SystemdReader(out, remarks).read(member);
}

} // namespace amphid
