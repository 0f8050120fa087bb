// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/sandbox.h"

#include <map>
#include <optional>
#include <string_view>

namespace amphid {

/// What a filter does with a system call, besides failing it with an errno.
constexpr int allow_call = -1;
constexpr int kill_process = -2;
constexpr int default_action = -3;

/// system-call-filter as a whole: the calls that are named, and whether they are all that is
/// allowed or all that is denied. The number is an errno, kill_process or default_action.
struct CallList {
    bool allows = false;
    std::map<std::string, int, std::less<>> calls;
};

/// restrict-address-families as a whole, by number.
struct FamilyList {
    bool allows = false;
    std::vector<unsigned> families;
};

/// In the order of systemd's table.
enum class Architecture : std::uint8_t {
    x86,
    x86_64,
    x32,
    arm,
    arm64,
    mips,
    mips64,
    mips64_n32,
    mips_le,
    mips64_le,
    mips64_le_n32,
    parisc,
    parisc64,
    ppc,
    ppc64,
    ppc64_le,
    riscv64,
    s390,
    s390x,
    loongarch64,
};
constexpr auto enum_names(Architecture) {
    return names_up_to<Architecture::loongarch64>(
        "x86", "x86-64", "x32", "arm", "arm64", "mips", "mips64", "mips64-n32", "mips-le",
        "mips64-le", "mips64-le-n32", "parisc", "parisc64", "ppc", "ppc64", "ppc64-le", "riscv64",
        "s390", "s390x", "loongarch64");
}

/// The bits of clone(2), one for each kind of namespace.
struct NamespaceKind {
    std::string_view name;
    unsigned flag;
};
inline constexpr NamespaceKind namespace_kinds[] = {
    {"cgroup", 0x02000000}, {"ipc", 0x08000000},  {"net", 0x40000000}, {"mnt", 0x00020000},
    {"pid", 0x20000000},    {"user", 0x10000000}, {"uts", 0x04000000}};

// What is wrong with a line, a sentence without its full stop; empty: nothing.
std::string mistake_in(const SystemCalls&, std::string_view line);
std::string mistake_in(const AddressFamilies&, std::string_view line);
std::string mistake_in(const NamespaceKinds&, std::string_view line);
std::string mistake_in(const ArchitectureNames&, std::string_view line);
std::string mistake_in(const CallError&, std::string_view text);

// The lines as a whole, as systemd merges them. nullopt: nothing is restricted.
std::optional<CallList> merged(const SystemCalls& lines);
std::optional<FamilyList> merged(const AddressFamilies& lines);
/// The kinds that a process may create and enter.
std::optional<unsigned> merged(const NamespaceKinds& lines);

/// An errno, or kill_process.
int action_of(const CallError& error);

} // namespace amphid
