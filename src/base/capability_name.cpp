// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/capability_name.h"

#include "base/text.h"

#include <algorithm>

namespace amphid {

namespace {

// In the kernel's order, from 0.
constexpr std::string_view names[] = {"CHOWN",
                                      "DAC_OVERRIDE",
                                      "DAC_READ_SEARCH",
                                      "FOWNER",
                                      "FSETID",
                                      "KILL",
                                      "SETGID",
                                      "SETUID",
                                      "SETPCAP",
                                      "LINUX_IMMUTABLE",
                                      "NET_BIND_SERVICE",
                                      "NET_BROADCAST",
                                      "NET_ADMIN",
                                      "NET_RAW",
                                      "IPC_LOCK",
                                      "IPC_OWNER",
                                      "SYS_MODULE",
                                      "SYS_RAWIO",
                                      "SYS_CHROOT",
                                      "SYS_PTRACE",
                                      "SYS_PACCT",
                                      "SYS_ADMIN",
                                      "SYS_BOOT",
                                      "SYS_NICE",
                                      "SYS_RESOURCE",
                                      "SYS_TIME",
                                      "SYS_TTY_CONFIG",
                                      "MKNOD",
                                      "LEASE",
                                      "AUDIT_WRITE",
                                      "AUDIT_CONTROL",
                                      "SETFCAP",
                                      "MAC_OVERRIDE",
                                      "MAC_ADMIN",
                                      "SYSLOG",
                                      "WAKE_ALARM",
                                      "BLOCK_SUSPEND",
                                      "AUDIT_READ",
                                      "PERFMON",
                                      "BPF",
                                      "CHECKPOINT_RESTORE"};

constexpr std::string_view prefix = "CAP_";
constexpr unsigned most = 63; // bits of a set

std::string in_capitals(std::string_view text) {
    std::string out;
    for (const char c : text) {
        out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

} // namespace

std::string capability_name(int number) {
    const auto index = static_cast<std::size_t>(number);
    return index < std::size(names) ? concat(prefix, names[index]) : concat(prefix, number);
}

std::optional<int> parse_capability(std::string_view name) {
    const std::string upper = in_capitals(name);
    if (!upper.starts_with(prefix)) {
        return std::nullopt;
    }
    const std::string_view rest = std::string_view(upper).substr(prefix.size());
    const auto* const known = std::find(std::begin(names), std::end(names), rest);
    if (known != std::end(names)) {
        return static_cast<int>(known - std::begin(names));
    }
    const auto number = parse_number<unsigned>(rest); // of a newer kernel
    const bool is_name = number && *number <= most && rest == concat(*number);
    return is_name && *number >= std::size(names) ? std::optional(static_cast<int>(*number))
                                                  : std::nullopt;
}

std::string nearest_capability(std::string_view name) {
    std::string wanted = in_capitals(name);
    if (wanted.starts_with(prefix)) {
        wanted.erase(0, prefix.size());
    }
    const std::string_view near = nearest(wanted, names);
    return near.empty() ? std::string() : concat(prefix, near);
}

} // namespace amphid
