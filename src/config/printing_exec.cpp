// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/capability_name.h"
#include "config/reading.h"
#include "plan/exec_syntax.h"

#include <cstdint>

// The values of systemd.exec(5).

namespace amphid {

namespace {

std::string print_list(const std::vector<std::string>& items) {
    std::string out;
    for (const std::string& item : items) {
        out += concat(out.empty() ? "[" : ", ", json_string(item));
    }
    return out.empty() ? out : out + ']';
}

} // namespace

std::string looks_like(const Account&) {
    return "a name or a number";
}
std::string looks_like(const Names&) {
    return "a list of names";
}
std::string looks_like(const CapabilitySet&) {
    return "a list of capabilities, such as \"CAP_NET_BIND_SERVICE\"";
}
std::string looks_like(const SecureBits&) {
    return "a list of secure bits";
}
std::string looks_like(const LimitSetting& setting) {
    switch (setting.unit) {
    case LimitUnit::count:
        return "a number or \"SOFT:HARD\", each a number or infinity";
    case LimitUnit::bytes:
        return "a size with K, M, G or \"SOFT:HARD\", each a size or infinity";
    case LimitUnit::seconds:
        return "seconds or \"SOFT:HARD\", each a time span or infinity";
    case LimitUnit::microseconds:
        return "microseconds or \"SOFT:HARD\", each a time span or infinity";
    case LimitUnit::nice:
        return "a nice level with a sign, or a limit from 1 to 40, or \"SOFT:HARD\"";
    }
    return {};
}
std::string looks_like(const Number& number) {
    return concat("a number from ", number.least, " to ", number.most);
}
std::string looks_like(const CpuSet&) {
    return "a list of CPUs, such as \"0-3,5\"";
}
std::string looks_like(const Nanoseconds&) {
    return "a number of nanoseconds or a time span";
}
std::string looks_like(const EnvironmentFiles&) {
    return "absolute paths, with a leading \"-\" if the file may be missing";
}
std::string looks_like(const DirectoryNames&) {
    return "a list of relative paths";
}
std::string looks_like(const WorkingDirectory&) {
    return "an absolute path or \"~\", with a leading \"-\" if it may be missing";
}
std::string looks_like(const Input&) {
    return "null, inherit, tty, tty-force, tty-fail or file:PATH";
}

std::string print_value(const Account& value) {
    return value.text.empty() ? std::string() : json_string(value.text);
}
std::string print_value(const Names& value) {
    return print_list(value.list);
}
std::string print_value(const CapabilitySet& value) {
    const bool inverted = (value.bits >> 63) != 0;
    const std::uint64_t bits = inverted ? ~value.bits : value.bits;
    std::vector<std::string> names;
    for (int number = 0; number < 64; ++number) {
        if (((bits >> number) & 1) != 0) {
            names.push_back(capability_name(number));
        }
    }
    if (inverted && names.empty()) {
        names.emplace_back();
    }
    if (inverted) {
        names.front().insert(0, "~");
    }
    return names.empty() ? "[]" : print_list(names);
}
std::string print_value(const SecureBits& value) {
    std::vector<std::string> names;
    for (const SecureBit bit : every<SecureBit>()) {
        if (((value.bits >> static_cast<unsigned>(bit)) & 1) != 0) {
            names.emplace_back(name_of(bit));
        }
    }
    return print_list(names);
}
std::string print_value(const LimitSetting& value) {
    return value.value ? json_string(format_limit(*value.value)) : std::string();
}
std::string print_value(const Number& value) {
    return value.value ? concat(*value.value) : std::string();
}
std::string print_value(const CpuSet& value) {
    return json_string(format_cpus(value));
}
std::string print_value(const Nanoseconds& value) {
    return concat(value.count);
}
std::string print_value(const EnvironmentFiles& value) {
    std::vector<std::string> files;
    for (const EnvironmentFile& file : value.list) {
        files.push_back(concat(file.optional ? "-" : "", file.path));
    }
    return print_list(files);
}
std::string print_value(const DirectoryNames& value) {
    return print_list(value.list);
}
std::string print_value(const WorkingDirectory& value) {
    return value.path.empty() ? std::string()
                              : json_string(concat(value.optional ? "-" : "", value.path));
}
std::string print_value(const Input& value) {
    return value.kind == InputKind::automatic
               ? std::string()
               : json_string(
                     concat(name_of(value.kind), value.path.empty() ? "" : ":", value.path));
}

} // namespace amphid
