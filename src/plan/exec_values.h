// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/enum_names.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

// The values of systemd.exec(5)'s settings, as a file writes them and a process starts with them.

/// A user or a group, by name or by number, as it is written; empty: not set.
struct Account {
    std::string text;
    friend bool operator==(const Account&, const Account&) = default;
};

/// working-directory: a path, or "~" for the user's home; with a leading "-" it may be missing.
struct WorkingDirectory {
    std::string path; // absolute, or "~"; empty: not set
    bool optional = false;
    friend bool operator==(const WorkingDirectory&, const WorkingDirectory&) = default;
};

/// Names of groups or variables.
struct Names {
    std::vector<std::string> list;
    friend bool operator==(const Names&, const Names&) = default;
};

/// capabilities(7), a bit for each.
struct CapabilitySet {
    std::uint64_t bits = 0;
    friend bool operator==(const CapabilitySet&, const CapabilitySet&) = default;
};

/// The bits of PR_SET_SECUREBITS, in the kernel's order.
enum class SecureBit : std::uint8_t {
    noroot,
    noroot_locked,
    no_setuid_fixup,
    no_setuid_fixup_locked,
    keep_caps,
    keep_caps_locked,
};
constexpr auto enum_names(SecureBit) {
    return names_up_to<SecureBit::keep_caps_locked>("noroot", "noroot-locked", "no-setuid-fixup",
                                                    "no-setuid-fixup-locked", "keep-caps",
                                                    "keep-caps-locked");
}
struct SecureBits {
    unsigned bits = 0;
    friend bool operator==(const SecureBits&, const SecureBits&) = default;
};

/// Soft and hard limit of a resource (getrlimit(2)).
struct Limit {
    static constexpr std::uint64_t infinity = ~std::uint64_t{0};
    std::uint64_t soft = infinity;
    std::uint64_t hard = infinity;
    friend bool operator==(const Limit&, const Limit&) = default;
};

/// The unit of a limit, which decides about its suffixes.
enum class LimitUnit : std::uint8_t { count, bytes, seconds, microseconds, nice };

/// RLIMIT_* in the kernel's order.
enum class Resource : std::uint8_t {
    cpu,
    fsize,
    data,
    stack,
    core,
    rss,
    nproc,
    nofile,
    memlock,
    as,
    locks,
    sigpending,
    msgqueue,
    nice,
    rtprio,
    rttime,
};
constexpr auto enum_names(Resource) {
    return names_up_to<Resource::rttime>("cpu", "fsize", "data", "stack", "core", "rss", "nproc",
                                         "nofile", "memlock", "as", "locks", "sigpending",
                                         "msgqueue", "nice", "rtprio", "rttime");
}
constexpr std::size_t limit_resources = enum_names(Resource{}).size();

/// A limit's resource, its unit, and what was set.
struct LimitSetting {
    Resource resource = Resource::cpu;
    LimitUnit unit = LimitUnit::count;
    std::optional<Limit> value{};
    friend bool operator==(const LimitSetting&, const LimitSetting&) = default;
};

/// A whole number from `least` to `most`.
struct Number {
    int least = 0;
    int most = 0;
    std::optional<int> value{};
    friend bool operator==(const Number&, const Number&) = default;
};

/// CPUs by index, as a mask for sched_setaffinity(2).
struct CpuSet {
    static constexpr unsigned most = 1024;
    std::array<std::uint64_t, most / 64> words{};

    void add(unsigned cpu) { words[cpu / 64] |= std::uint64_t{1} << (cpu % 64); }
    bool contains(unsigned cpu) const { return ((words[cpu / 64] >> (cpu % 64)) & 1) != 0; }
    friend bool operator==(const CpuSet&, const CpuSet&) = default;
};

struct Nanoseconds {
    std::uint64_t count = 0;
    friend bool operator==(const Nanoseconds&, const Nanoseconds&) = default;
};

/// sched(7).
enum class CpuPolicy : std::uint8_t { other, batch, idle, fifo, rr };
constexpr auto enum_names(CpuPolicy) {
    return names_up_to<CpuPolicy::rr>("other", "batch", "idle", "fifo", "rr");
}
constexpr bool is_real_time(CpuPolicy policy) {
    return policy >= CpuPolicy::fifo;
}

/// ioprio_set(2), in the kernel's order.
enum class IoClass : std::uint8_t { none, realtime, best_effort, idle };
constexpr auto enum_names(IoClass) {
    return names_up_to<IoClass::idle>("none", "realtime", "best-effort", "idle");
}

/// environment-file: a path with the wildcards of glob(7); with a leading "-" it may be missing.
struct EnvironmentFile {
    std::string path;
    bool optional = false;
    friend bool operator==(const EnvironmentFile&, const EnvironmentFile&) = default;
};
struct EnvironmentFiles {
    std::vector<EnvironmentFile> list;
    friend bool operator==(const EnvironmentFiles&, const EnvironmentFiles&) = default;
};

/// The five kinds of a service's own directories, in systemd's order.
enum class DirectoryKind : std::uint8_t { runtime, state, cache, logs, configuration };
constexpr auto enum_names(DirectoryKind) {
    return names_up_to<DirectoryKind::configuration>("runtime", "state", "cache", "logs",
                                                     "configuration");
}

/// Paths relative to the base of their kind.
struct DirectoryNames {
    std::vector<std::string> list;
    friend bool operator==(const DirectoryNames&, const DirectoryNames&) = default;
};

/// runtime-directory-preserve.
enum class Preserve : std::uint8_t { no, yes, restart };
constexpr auto enum_names(Preserve) {
    return names_up_to<Preserve::restart>("no", "yes", "restart");
}

} // namespace amphid
