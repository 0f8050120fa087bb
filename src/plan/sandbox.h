// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/enum_names.h"

#include <cstdint>
#include <string>
#include <vector>

namespace amphid {

// What confines a service (systemd.exec(5), "Sandboxing" and "System Call Filtering").

/// Lines as systemd's directive of that name takes them: words separated by blanks, with a leading
/// "~" for all but these.
struct SystemCalls {
    std::vector<std::string> list;
    friend bool operator==(const SystemCalls&, const SystemCalls&) = default;
};
struct AddressFamilies {
    std::vector<std::string> list;
    friend bool operator==(const AddressFamilies&, const AddressFamilies&) = default;
};
struct NamespaceKinds {
    std::vector<std::string> list;
    friend bool operator==(const NamespaceKinds&, const NamespaceKinds&) = default;
};

/// Names of architectures; "native" is always one of them.
struct ArchitectureNames {
    std::vector<std::string> list;
    friend bool operator==(const ArchitectureNames&, const ArchitectureNames&) = default;
};

/// An errno by name or number, or "kill"; empty: kill.
struct CallError {
    std::string text;
    friend bool operator==(const CallError&, const CallError&) = default;
};

/// Which session keyring a process gets (keyrings(7)).
enum class KeyringMode : std::uint8_t { inherit, private_, shared };
constexpr auto enum_names(KeyringMode) {
    return names_up_to<KeyringMode::shared>("inherit", "private", "shared");
}

/// What happens where this host cannot confine a service as its file asks.
enum class SandboxChoice : std::uint8_t { refuse, warn };
constexpr auto enum_names(SandboxChoice) {
    return names_up_to<SandboxChoice::warn>("refuse", "warn");
}

/// The values of the keys that confine a service.
struct SandboxSettings {
    bool lock_personality = false;
    bool memory_deny_write_execute = false;
    bool restrict_realtime = false;
    bool restrict_suid_sgid = false;
    NamespaceKinds restrict_namespaces;
    AddressFamilies restrict_address_families;
    SystemCalls system_call_filter;
    CallError system_call_error_number;
    ArchitectureNames system_call_architectures;
    bool protect_kernel_modules = false;
    bool protect_kernel_logs = false;
    bool protect_clock = false;
    bool protect_hostname = false;
    KeyringMode keyring_mode = KeyringMode::inherit;
};

/// A program for the kernel's seccomp filter: one struct sock_filter in each number.
using FilterProgram = std::vector<std::uint64_t>;

/// How the processes of a service are confined.
struct Sandbox {
    SandboxSettings settings;
    /// Start without what this host does not have.
    bool is_optional = false;
    /// The process keeps CAP_SYS_ADMIN until its filters are applied: without no_new_privs the
    /// kernel asks for it.
    bool keeps_rights = false;
    /// It gets a UTS namespace of its own.
    bool own_host_name = false;
    /// Made from the settings before the first process starts, and applied in this order.
    std::vector<FilterProgram> filters;
};

} // namespace amphid
