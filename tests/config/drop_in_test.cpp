// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/unit_escape.h"
#include "config/config.h"
#include "config/reading.h"

#include <gtest/gtest.h>

// A configuration with its drop-ins, and templates.

namespace amphid {
namespace {

Config merged(const std::vector<std::string_view>& texts,
              const std::optional<std::string>& instance = std::nullopt) {
    ParsedConfig parsed = parse_config(texts, instance);
    for (std::size_t i = 0; i < texts.size(); ++i) {
        EXPECT_EQ(render(parsed.diagnostics, concat(i), texts[i], static_cast<int>(i)), "");
    }
    return std::move(parsed.config);
}

constexpr std::string_view base = R"(
[unit]
after = ["a.target"]
condition-path-exists = "/a"
[service]
exec-start = ["/bin/web"]
exec-start-pre = ["/bin/one"]
environment = ["A=1", "B=2"]
capability-bounding-set = ["CAP_CHOWN", "CAP_KILL"]
restart = "no"
nice = 5
[systemd.service]
PrivateTmp = true
ReadWritePaths = "/a"
)";

TEST(DropIn, ReplacesAValueAndAddsToAList) {
    const Config config = merged({base, R"(
[unit]
after = "b.target"
condition-path-exists = ["/b"]
[service]
exec-start = ["/bin/web", "--more"]
exec-start-pre = ["/bin/two"]
environment = ["B=3", "C=4"]
capability-bounding-set = "~CAP_KILL"
restart = "always"
nice = 7
[systemd.service]
ReadWritePaths = "/b"
)"});
    EXPECT_EQ(print_value(config.unit.after), R"(["a.target", "b.target"])");
    EXPECT_EQ(print_value(config.unit.condition_path_exists), R"(["/a", "/b"])");
    EXPECT_EQ(print_value(config.service.exec_start), R"(["/bin/web", "--more"])");
    EXPECT_EQ(print_value(config.service.exec_start_pre), R"([["/bin/one"], ["/bin/two"]])");
    EXPECT_EQ(print_value(config.service.environment), R"(["A=1", "B=3", "C=4"])");
    EXPECT_EQ(print_value(config.service.capability_bounding_set), R"(["CAP_CHOWN"])");
    EXPECT_EQ(config.service.restart, Restart::always);
    EXPECT_EQ(config.service.nice.value, 7);
    ASSERT_EQ(config.systemd.service.size(), 2U);
    EXPECT_EQ(config.systemd.service[1].values, (std::vector<std::string>{"/a", "/b"}));
    EXPECT_EQ(config.origins.at("service.restart").file, 1);
    EXPECT_EQ(config.origins.at("service.restart").line, 10);
}

TEST(DropIn, AnEmptyListOrElementTakesBack) {
    const Config emptied = merged({base, "service.exec-start-pre = []\nunit.after = []\n"
                                         "systemd.service.ReadWritePaths = []\n"});
    EXPECT_TRUE(emptied.service.exec_start_pre.list.empty());
    EXPECT_TRUE(emptied.unit.after.list.empty());
    EXPECT_EQ(emptied.systemd.service.size(), 1U);
    const Config anew = merged({base, "service.environment = [\"\", \"Z=1\"]\n"
                                      "service.exec-start-pre = [[], [\"/bin/new\"]]\n"
                                      "unit.condition-path-exists = [\"\", \"/z\"]\n"});
    EXPECT_EQ(print_value(anew.service.environment), R"(["Z=1"])");
    EXPECT_EQ(print_value(anew.service.exec_start_pre), R"([["/bin/new"]])");
    EXPECT_EQ(print_value(anew.unit.condition_path_exists), R"(["/z"])");
    EXPECT_EQ(anew.unit.condition_path_exists.kind, ConditionKind::path_exists);
}

TEST(DropIn, AMistakeIsShownInItsFile) {
    const std::string_view wrong = "[service]\nrestrat = \"no\"\n";
    const ParsedConfig parsed = parse_config({base, wrong}, std::nullopt);
    EXPECT_EQ(render(parsed.diagnostics, "base", base, 0), "");
    EXPECT_EQ(render(parsed.diagnostics, "drop-in", wrong, 1),
              "drop-in:2:1: error: unknown key 'restrat'; did you mean 'restart'?\n"
              "    restrat = \"no\"\n"
              "    ^\n");
}

TEST(Instance, StandsForItsSpecifiers) {
    const Config config = merged({R"(
[unit]
description = "%i is %I at 100%%"
[service]
exec-start = ["/bin/web", "--name=%i"]
[systemd.service]
Slice = "web-%i.slice"
)"},
                                 "a-b");
    EXPECT_EQ(config.unit.description, "a-b is a/b at 100%");
    EXPECT_EQ(config.service.exec_start.list.front().argv[1], "--name=a-b");
    EXPECT_EQ(config.systemd.service.front().values.front(), "web-%i.slice") << "systemd's own";
    EXPECT_EQ(config.instance, "a-b");
    const ParsedConfig other = parse_config({"service.exec-start = \"/bin/x %n\""}, "a");
    ASSERT_EQ(other.diagnostics.size(), 1U);
    EXPECT_EQ(other.diagnostics[0].message, "templates support only the specifiers %i, %I and %%");
    EXPECT_EQ(merged({"service.exec-start = \"/bin/x %n\""}).service.exec_start.list[0].argv[1],
              "%n")
        << "elsewhere there are none";
}

// The results of systemd-escape(1) and its --unescape.
TEST(UnitEscape, IsSystemds) {
    EXPECT_EQ(escape_unit_name("/foo/bar-baz"), "-foo-bar\\x2dbaz");
    EXPECT_EQ(escape_unit_name("a b.c:d_e"), "a\\x20b.c:d_e");
    EXPECT_EQ(escape_unit_name(".x"), "\\x2ex");
    for (const std::string text : {"/foo/bar-baz", "a b", "\\", "x", ".y"}) {
        EXPECT_EQ(unescape_unit_name(escape_unit_name(text)), text);
    }
    EXPECT_EQ(unescape_unit_name("a\\x2"), "a\\x2") << "no escape";
}

TEST(CapabilitySet, GroupsAreDirectives) {
    const auto set = [](std::string_view toml) {
        const std::string text =
            concat("service.exec-start = \"/bin/x\"\nservice.capability-bounding-set = ", toml);
        return print_value(merged({text}).service.capability_bounding_set);
    };
    EXPECT_EQ(set(R"(["~CAP_CHOWN", "~CAP_KILL"])"), R"(["~CAP_CHOWN", "CAP_KILL"])");
    EXPECT_EQ(set(R"(["~CAP_CHOWN", "CAP_KILL"])"), R"(["~CAP_CHOWN", "CAP_KILL"])");
    EXPECT_EQ(set(R"(["CAP_CHOWN", "CAP_KILL", "~CAP_KILL"])"), R"(["CAP_CHOWN"])");
    EXPECT_EQ(set("[]"), "[]");
}

} // namespace
} // namespace amphid
