// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/call_filter.h"

#include "base/capability_name.h"
#include "base/text.h"
#include "plan/call_groups.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

namespace amphid {

namespace {

using Compare = ArgumentTest::Compare;
using enum Architecture;

/// Where the rules of a key are collected.
struct Collector {
    const SandboxSettings& settings;
    Architecture architecture;
    unsigned long personality;
    std::vector<CallRule>& rules;

    void deny(std::string_view call, int error = EPERM) {
        rules.push_back({std::string(call), error, {}});
    }
    void deny_if(std::string_view call, ArgumentTest test, int error = EPERM) {
        rules.push_back({std::string(call), error, {test}});
    }
    void deny_if_both(std::string_view call, ArgumentTest one, ArgumentTest other) {
        rules.push_back({std::string(call), EPERM, {one, other}});
    }
    void deny_group(std::string_view group) {
        for (const std::string_view call : split(members_of_group(group), ' ')) {
            deny(call);
        }
    }
};

/// The kernel ignores the upper half of an int: to compare all of it would let others pass.
ArgumentTest is_int(unsigned index, unsigned value) {
    return {index, Compare::masked, value, 0xffffffff};
}

ArgumentTest has_bits(unsigned index, std::uint64_t bits) {
    return {index, Compare::masked, bits, bits};
}

// Values of mmap(2), shmat(2), chmod(2) and open(2), the same on each architecture that programs
// of ours are compiled for.
constexpr unsigned prot_write = 2;
constexpr unsigned prot_exec = 4;
constexpr unsigned shm_exec = 0100000;
constexpr unsigned set_user_id = 04000;
constexpr unsigned set_group_id = 02000;
constexpr unsigned creates = 0100;
constexpr unsigned creates_unnamed = 020000000;

void lock_personality(Collector& out) {
    out.deny_if("personality", {0, Compare::differs, out.personality, 0});
}

void deny_write_execute(Collector& out) {
    const bool has_mmap2 = out.architecture == x86 || out.architecture == arm;
    out.deny_if(has_mmap2 ? "mmap2" : "mmap", has_bits(2, prot_write | prot_exec));
    if (out.architecture == x86) {
        out.deny("mmap"); // its arguments are in memory, where no filter can look
    }
    out.deny_if("mprotect", has_bits(2, prot_exec));
    out.deny_if("pkey_mprotect", has_bits(2, prot_exec));
    if (out.architecture != x86) {
        out.deny_if("shmat", has_bits(2, shm_exec));
    }
}

void restrict_realtime(Collector& out) {
    constexpr unsigned fifo = 1;
    constexpr unsigned round_robin = 2;
    constexpr unsigned idle = 5; // the last one that is allowed
    out.deny_if("sched_setscheduler", is_int(1, fifo));
    out.deny_if("sched_setscheduler", is_int(1, round_robin));
    out.deny_if("sched_setscheduler", is_int(1, 4)); // reserved by the kernel
    out.deny_if("sched_setscheduler", {1, Compare::greater, idle, 0});
}

/// A call that takes the mode of a file.
struct ModeCall {
    std::string_view name;
    unsigned mode; // the index of that argument
};
constexpr ModeCall mode_calls[] = {{"chmod", 1},     {"fchmod", 1},  {"fchmodat", 2},
                                   {"fchmodat2", 2}, {"mknod", 1},   {"mknodat", 2},
                                   {"mkdir", 1},     {"mkdirat", 2}, {"creat", 1}};

void restrict_suid_sgid(Collector& out) {
    constexpr ModeCall open_calls[] = {{"open", 2}, {"openat", 3}}; // the flags are before the mode
    for (const unsigned bit : {set_user_id, set_group_id}) {
        for (const auto& [name, mode] : mode_calls) {
            out.deny_if(name, has_bits(mode, bit));
        }
        for (const auto& [name, mode] : open_calls) {
            out.deny_if_both(name, has_bits(mode - 1, creates), has_bits(mode, bit));
            out.deny_if_both(name, has_bits(mode - 1, creates_unnamed), has_bits(mode, bit));
        }
    }
    out.deny("openat2", ENOSYS); // its arguments are in memory
}

void restrict_namespaces(Collector& out) {
    const unsigned allowed = *merged(out.settings.restrict_namespaces);
    out.deny("clone3", ENOSYS); // its arguments are in memory
    if (allowed == 0) {
        out.deny("setns");
    } else {
        out.deny_if("setns", is_int(1, 0)); // of any kind
    }
    for (const NamespaceKind& kind : namespace_kinds) {
        if ((allowed & kind.flag) != 0) {
            continue;
        }
        const bool swapped = out.architecture == s390 || out.architecture == s390x;
        out.deny_if("unshare", has_bits(0, kind.flag));
        out.deny_if("clone", has_bits(swapped ? 1 : 0, kind.flag));
        if (allowed != 0) {
            out.deny_if("setns", has_bits(1, kind.flag));
        }
    }
}

/// The others have one call for all of sockets, whose arguments are in memory.
bool has_socket_call(Architecture architecture) {
    constexpr Architecture without[] = {x86, s390, s390x, mips, mips_le, ppc};
    return std::find(std::begin(without), std::end(without), architecture) == std::end(without);
}

void restrict_address_families(Collector& out) {
    constexpr unsigned families = 46;
    const FamilyList list = *merged(out.settings.restrict_address_families);
    if (!has_socket_call(out.architecture)) {
        return;
    }
    if (list.allows && list.families.empty()) {
        out.deny("socket", EAFNOSUPPORT);
        return;
    }
    for (unsigned family = 0; family < families; ++family) {
        const bool named = std::binary_search(list.families.begin(), list.families.end(), family);
        if (named != list.allows) {
            out.deny_if("socket", is_int(0, family), EAFNOSUPPORT);
        }
    }
    if (list.allows) {
        out.deny_if("socket", {0, Compare::greater, families - 1, 0}, EAFNOSUPPORT);
    }
}

void protect_kernel_modules(Collector& out) {
    out.deny_group("@module");
}
void protect_kernel_logs(Collector& out) {
    out.deny("syslog");
}
void protect_clock(Collector& out) {
    out.deny_group("@clock");
}
void protect_hostname(Collector& out) {
    out.deny("sethostname");
    out.deny("setdomainname");
}

template <bool SandboxSettings::*flag>
bool flag_is_set(const SandboxSettings& settings) {
    return settings.*flag;
}
template <auto lines>
bool list_is_set(const SandboxSettings& settings) {
    return merged(settings.*lines).has_value();
}

/// A key that denies some calls and allows all others.
struct Restriction {
    std::string_view key;
    bool (*is_set)(const SandboxSettings&);
    void (*add)(Collector&);
    std::string_view capabilities; // that it takes away
};

using S = SandboxSettings;
/// In systemd's order.
constexpr Restriction restrictions[] = {
    {"restrict-address-families", list_is_set<&S::restrict_address_families>,
     restrict_address_families, ""},
    {"memory-deny-write-execute", flag_is_set<&S::memory_deny_write_execute>, deny_write_execute,
     ""},
    {"restrict-realtime", flag_is_set<&S::restrict_realtime>, restrict_realtime, ""},
    {"restrict-suid-sgid", flag_is_set<&S::restrict_suid_sgid>, restrict_suid_sgid, ""},
    {"restrict-namespaces", list_is_set<&S::restrict_namespaces>, restrict_namespaces, ""},
    {"protect-kernel-modules", flag_is_set<&S::protect_kernel_modules>, protect_kernel_modules,
     "CAP_SYS_MODULE"},
    {"protect-kernel-logs", flag_is_set<&S::protect_kernel_logs>, protect_kernel_logs,
     "CAP_SYSLOG"},
    {"protect-clock", flag_is_set<&S::protect_clock>, protect_clock, "CAP_SYS_TIME CAP_WAKE_ALARM"},
    {"protect-hostname", flag_is_set<&S::protect_hostname>, protect_hostname, ""},
    {"lock-personality", flag_is_set<&S::lock_personality>, lock_personality, ""},
};

CallFilter restriction_filter(const SandboxSettings& settings, Architecture architecture,
                              unsigned long personality) {
    CallFilter out{{architecture}, allow_call, allow_call, {}};
    Collector collector{settings, architecture, personality, out.rules};
    for (const Restriction& restriction : restrictions) {
        if (restriction.is_set(settings)) {
            restriction.add(collector);
        }
    }
    return out;
}

CallFilter call_filter(const SandboxSettings& settings, const CallList& list,
                       Architecture architecture) {
    const int denied = action_of(settings.system_call_error_number);
    CallFilter out{{architecture}, allow_call, list.allows ? denied : allow_call, {}};
    for (const auto& [call, action] : list.calls) {
        const int by_default = list.allows ? allow_call : denied;
        out.rules.push_back({call, action == default_action ? by_default : action, {}});
    }
    return out;
}

/// The native one is always in; x32 uses calls of x86-64, too.
CallFilter architecture_filter(const SandboxSettings& settings, Architecture native) {
    CallFilter out{{native}, kill_process, allow_call, {}};
    for (const std::string& line : settings.system_call_architectures.list) {
        for (const std::string_view word : split(line, ' ')) {
            const auto known = from_name<Architecture>(word);
            if (known && std::find(out.architectures.begin(), out.architectures.end(), *known) ==
                             out.architectures.end()) {
                out.architectures.push_back(*known);
            }
        }
    }
    return out;
}

std::string action_text(int action) {
    if (action == allow_call || action == kill_process) {
        return action == allow_call ? "allow" : "kill";
    }
    const char* const name = ::strerrorname_np(action);
    return name == nullptr ? concat(action) : std::string(name);
}

std::string test_text(const ArgumentTest& test) {
    constexpr std::string_view signs[] = {"!=", "<", ">", "=="};
    const bool all = test.compare != Compare::masked || test.mask == 0xffffffff;
    return concat(" argument ", test.index, all ? "" : concat(" & ", test.mask), ' ',
                  signs[static_cast<std::size_t>(test.compare)], ' ', test.value);
}

} // namespace

std::vector<Architecture> local_architectures() {
#if defined(__x86_64__)
    return {x86, x32, x86_64};
#elif defined(__aarch64__)
    return {arm, arm64};
#elif defined(__riscv)
    return {riscv64};
#elif defined(__powerpc64__)
    return {ppc64_le};
#elif defined(__s390x__)
    return {s390, s390x};
#elif defined(__loongarch64)
    return {loongarch64};
#else
    return {};
#endif
}

std::string keys_with_filter(const SandboxSettings& settings) {
    std::string out;
    const auto add = [&](std::string_view key) { out += concat(out.empty() ? "" : ", ", key); };
    for (const Restriction& restriction : restrictions) {
        if (restriction.is_set(settings)) {
            add(restriction.key);
        }
    }
    if (!settings.system_call_architectures.list.empty()) {
        add("system-call-architectures");
    }
    if (!settings.system_call_filter.list.empty()) {
        add("system-call-filter");
    }
    return out;
}

std::vector<CallFilter> filters_of(const SandboxSettings& settings,
                                   const std::vector<Architecture>& local,
                                   unsigned long personality) {
    std::vector<CallFilter> out;
    const auto calls = merged(settings.system_call_filter);
    const CallFilter architectures = architecture_filter(settings, local.back());
    const bool is_limited = !settings.system_call_architectures.list.empty();
    const auto matters = [&](Architecture architecture) { // the others are killed anyway
        return !is_limited ||
               std::find(architectures.architectures.begin(), architectures.architectures.end(),
                         architecture) != architectures.architectures.end();
    };
    for (const Architecture architecture : local) {
        CallFilter filter = restriction_filter(settings, architecture, personality);
        if (!filter.rules.empty() && matters(architecture)) {
            out.push_back(std::move(filter));
        }
    }
    if (is_limited) {
        out.push_back(architectures);
    }
    for (const Architecture architecture : local) {
        if (calls && matters(architecture)) {
            out.push_back(call_filter(settings, *calls, architecture));
        }
    }
    return out;
}

std::uint64_t capabilities_taken_by(const SandboxSettings& settings) {
    std::uint64_t out = 0;
    for (const Restriction& restriction : restrictions) {
        for (const std::string_view name : split(restriction.capabilities, ' ')) {
            const auto number = parse_capability(name);
            out |= number && restriction.is_set(settings) ? std::uint64_t{1} << *number : 0;
        }
    }
    return out;
}

std::string describe(const CallFilter& filter) {
    std::string names;
    for (const Architecture architecture : filter.architectures) {
        names += concat(names.empty() ? "" : ", ", name_of(architecture));
    }
    std::string out = concat(names, ": ", action_text(filter.otherwise),
                             "; others: ", action_text(filter.others), '\n');
    for (const CallRule& rule : filter.rules) {
        out += concat("  ", rule.call, ": ", action_text(rule.action));
        for (const ArgumentTest& test : rule.tests) {
            out += concat(&test == &rule.tests.front() ? " if" : " and", test_text(test));
        }
        out += '\n';
    }
    return out;
}

} // namespace amphid
