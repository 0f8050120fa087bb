// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/start_condition.h"

#include "base/glob.h"
#include "resolve/version.h"

#include <cstdint>
#include <gtest/gtest.h>

namespace amphid {
namespace {

using enum ConditionKind;

StartFacts facts() {
    StartFacts out;
    out.machine = "aarch64";
    out.kernel_release = "6.1.0-18-arm64";
    out.kernel_command_line = "BOOT_IMAGE=/vmlinuz ro audit=0 quiet";
    out.host_name = "web1";
    out.machine_id = "0123";
    out.container = "docker";
    out.virtual_machine = "kvm";
    out.environment = {"A=1"};
    out.bounding_set = 1;
    out.security = {"apparmor"};
    out.mains_power = false;
    out.cpus = 4;
    out.memory = std::uint64_t{2} << 30;
    out.answers = {{{path_exists, "/a"}, true}, {{path_exists, "/b"}, false}};
    return out;
}

TEST(StartCondition, EachKind) {
    const std::tuple<ConditionKind, std::string_view, bool> rows[] = {
        {path_exists, "/a", true},
        {path_exists, "/b", false},
        {virtualization, "yes", true},
        {virtualization, "no", false},
        {virtualization, "container", true},
        {virtualization, "docker", true},
        {virtualization, "vm", false},
        {virtualization, "private-users", false},
        {architecture, "arm64", true},
        {architecture, "native", true},
        {architecture, "x86-64", false},
        {host, "web*", true},
        {host, "0123", true},
        {host, "db1", false},
        {kernel_command_line, "quiet", true},
        {kernel_command_line, "audit", true},
        {kernel_command_line, "audit=0", true},
        {kernel_command_line, "audit=off", false},
        {kernel_version, ">=5.10", true},
        {kernel_version, ">=5.10 <6", false},
        {kernel_version, "6.1.*", true},
        {environment, "A", true},
        {environment, "A=2", false},
        {capability, "CAP_CHOWN", true},
        {capability, "CAP_KILL", false},
        {security, "apparmor", true},
        {security, "selinux", false},
        {ac_power, "no", true},
        {ac_power, "true", false},
        {first_boot, "no", true},
        {cpus, "4", true},
        {cpus, ">4", false},
        {cpus, "<= 4", true},
        {memory, "1G", true},
        {memory, ">=4G", false},
    };
    for (const auto& [kind, parameter, expected] : rows) {
        EXPECT_EQ(holds(kind, parameter, facts()), expected) << name_of(kind) << ' ' << parameter;
    }
}

std::string unmet(const UnitTable& unit) {
    const auto found = unmet_condition(unit, facts());
    return found ? (found->asserted ? "assert: " : "skip: ") + found->words : "";
}

TEST(StartCondition, AllOfThemAndOneOfTheTriggering) {
    UnitTable unit;
    EXPECT_EQ(unmet(unit), "");
    EXPECT_FALSE(has_start_conditions(unit));
    unit.condition_path_exists.list = {"/a", "!/b"};
    EXPECT_TRUE(has_start_conditions(unit));
    EXPECT_EQ(unmet(unit), "");
    unit.condition_path_exists.list = {"/a", "/b"};
    EXPECT_EQ(unmet(unit), "skip: condition-path-exists = \"/b\"");
    unit.condition_path_exists.list = {"|/b", "|/a"};
    EXPECT_EQ(unmet(unit), "");
    unit.condition_path_exists.list = {"|/b"};
    unit.condition_cpus.list = {"|>4"};
    EXPECT_EQ(unmet(unit), "skip: condition-path-exists = \"|/b\", condition-cpus = \"|>4\"");
    unit.condition_cpus.list = {"|4"};
    EXPECT_EQ(unmet(unit), "") << "triggers of different kinds are one set";
    unit.assert_path_exists.list = {"|!/a"};
    EXPECT_EQ(unmet(unit), "assert: assert-path-exists = \"|!/a\"");
    unit.condition_path_exists.list = {"/b"};
    EXPECT_EQ(unmet(unit), "skip: condition-path-exists = \"/b\"") << "a skip comes first";
}

TEST(StartCondition, OnlyTheKernelsQuestionsAreAsked) {
    UnitTable unit;
    unit.condition_path_exists.list = {"|!/a"};
    unit.assert_user.list = {"root"};
    unit.condition_architecture.list = {"arm64"};
    const auto questions = questions_of(unit);
    ASSERT_EQ(questions.size(), 2U);
    EXPECT_EQ(questions[0], (StartQuestion{path_exists, "/a"}));
    EXPECT_EQ(questions[1], (StartQuestion{user, "root"}));
}

// The examples of the UAPI group's version format specification.
TEST(Version, Order) {
    const std::pair<std::string_view, std::string_view> rising[] = {
        {"11", "12"},       {"11~rc1", "11"},      {"6.1.9", "6.1.10"}, {"6.1-1", "6.1.1"},
        {"1.0", "1.0a"},    {"122.1", "123~rc1"},  {"123~rc1", "123"},  {"123", "123-a"},
        {"123-a", "123-b"}, {"123^patched", "124"}};
    for (const auto& [a, b] : rising) {
        EXPECT_LT(compare_versions(a, b), 0) << a << ' ' << b;
        EXPECT_GT(compare_versions(b, a), 0) << a << ' ' << b;
    }
    EXPECT_EQ(compare_versions("1.010", "1.10"), 0);
}

TEST(Glob, Matches) {
    for (const auto& [pattern, text] : {std::pair{"*", ""},
                                        {"a*c", "abbc"},
                                        {"a?c", "abc"},
                                        {"[a-c]x", "bx"},
                                        {"[!a]x", "bx"},
                                        {"a[", "a["},
                                        {"\\*", "*"},
                                        {"*a*b", "xaab"},
                                        {"[]]", "]"}}) {
        EXPECT_TRUE(matches_glob(pattern, text)) << pattern << ' ' << text;
    }
    for (const auto& [pattern, text] : {std::pair{"", "a"},
                                        {"a", ""},
                                        {"a*c", "ab"},
                                        {"a?c", "ac"},
                                        {"[a-c]x", "dx"},
                                        {"[!a]x", "ax"},
                                        {"\\*", "a"}}) {
        EXPECT_FALSE(matches_glob(pattern, text)) << pattern << ' ' << text;
    }
}

} // namespace
} // namespace amphid
