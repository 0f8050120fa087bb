// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/call_filter.h"

#include "../house/golden.h"

#include "base/text.h"
#include "plan/call_groups.h"

#include <gtest/gtest.h>

namespace amphid {

namespace {

std::string text_of(const SandboxSettings& settings) {
    std::string out = concat(keys_with_filter(settings), '\n');
    for (const CallFilter& filter :
         filters_of(settings, {Architecture::x86, Architecture::x32, Architecture::x86_64}, 0)) {
        out += describe(filter);
    }
    return out + '\n';
}

template <class T>
std::string text_with(T SandboxSettings::*member, T value) {
    SandboxSettings settings;
    settings.*member = std::move(value);
    return text_of(settings);
}

} // namespace

using S = SandboxSettings;

TEST(CallFilter, RulesOfEachKey) {
    std::string out;
    for (bool S::*flag : {&S::lock_personality, &S::memory_deny_write_execute,
                          &S::restrict_realtime, &S::restrict_suid_sgid, &S::protect_kernel_modules,
                          &S::protect_kernel_logs, &S::protect_clock, &S::protect_hostname}) {
        out += text_with(flag, true);
    }
    out += text_with(&S::restrict_namespaces, {{"yes"}});
    out += text_with(&S::restrict_namespaces, {{"~user net"}});
    out += text_with(&S::restrict_address_families, {{"none"}});
    out += text_with(&S::restrict_address_families, {{"~AF_PACKET AF_NETLINK"}});
    out += text_with(&S::system_call_filter, {{"~@clock sync:EPERM"}});
    out += text_with(&S::system_call_architectures, {{"native"}});
    out += text_with(&S::system_call_architectures, {{"x86"}});
    EXPECT_TRUE(is_golden("tests/plan/call_filter.txt", out));
}

TEST(CallFilter, NothingSetIsNoFilter) {
    EXPECT_EQ(text_of({}), "\n\n");
    EXPECT_EQ(text_with(&S::restrict_namespaces, {{"no"}}), "\n\n");
}

// With one architecture allowed, programs of the others are killed, whatever they call.
TEST(CallFilter, ForeignArchitecturesNeedNoRulesWhereTheyAreKilled) {
    SandboxSettings settings;
    settings.lock_personality = true;
    settings.system_call_filter = {{"@system-service"}};
    const std::vector<Architecture> local{Architecture::x86, Architecture::x86_64};
    EXPECT_EQ(filters_of(settings, local, 0).size(), 4U);
    settings.system_call_architectures = {{"native"}};
    EXPECT_EQ(filters_of(settings, local, 0).size(), 3U);
}

// A later filter would be denied by one that does not allow seccomp(2): the native list is last.
TEST(CallFilter, NativeCallsAreFilteredLast) {
    SandboxSettings settings;
    settings.system_call_filter = {{"execve"}};
    settings.lock_personality = true;
    const auto filters = filters_of(settings, {Architecture::x86, Architecture::x86_64}, 0);
    EXPECT_EQ(filters.back().architectures, std::vector{Architecture::x86_64});
    EXPECT_EQ(filters.back().otherwise, kill_process);
}

TEST(CallGroups, EveryMemberIsACallOrAGroup) {
    for (const std::string_view group :
         {"@default",       "@aio",       "@basic-io",       "@chown",    "@clock",
          "@cpu-emulation", "@debug",     "@file-system",    "@io-event", "@ipc",
          "@keyring",       "@memlock",   "@module",         "@mount",    "@network-io",
          "@obsolete",      "@pkey",      "@privileged",     "@process",  "@raw-io",
          "@reboot",        "@resources", "@sandbox",        "@setuid",   "@signal",
          "@swap",          "@sync",      "@system-service", "@timer",    "@known"}) {
        ASSERT_FALSE(members_of_group(group).empty()) << group;
        for (const std::string_view member : split(members_of_group(group), ' ')) {
            EXPECT_TRUE(member.starts_with('@') ? !members_of_group(member).empty()
                                                : is_system_call(member))
                << group << ' ' << member;
        }
    }
    EXPECT_TRUE(members_of_group("@").empty());
    EXPECT_TRUE(members_of_group("@defaul").empty());
}

} // namespace amphid
