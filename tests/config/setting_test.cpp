// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/setting.h"

#include <gtest/gtest.h>

namespace amphid {

TEST(Setting, BecomesToml) {
    const struct {
        const char* setting;
        const char* toml;
    } cases[] = {
        {"restart=always", "service.restart = \"always\"\n"},
        {"launcher.name=web", "launcher.name = \"web\"\n"},
        {"systemd.service.MemoryMax=1G", "systemd.service.MemoryMax = \"1G\"\n"},
        {"environment=[\"A=b\", \"C=d\"]", "service.environment = [\"A=b\", \"C=d\"]\n"},
        {"environment=A=b", "service.environment = \"A=b\"\n"},
        {"environment=[]", "service.environment = []\n"},
        {"user='nobody'", "service.user = 'nobody'\n"},
        {"no-new-privileges=true", "service.no-new-privileges = true\n"},
        {"nice=-5", "service.nice = -5\n"},
        {"user=1000", "service.user = 1000\n"},
        {"unit.description=true", "unit.description = \"true\"\n"},
        {"unit.description=5", "unit.description = \"5\"\n"},
        {"unit.description=say \"hi\"\\", "unit.description = \"say \\\"hi\\\"\\\\\"\n"},
        {"unit.description=", "unit.description = \"\"\n"},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(mistake_of_setting(one.setting), "") << one.setting;
        const GivenText given = given_setting(one.setting);
        EXPECT_EQ(given.text, one.toml);
        EXPECT_EQ(given.origin, "--set");
    }
}

TEST(Setting, NeedsAKey) {
    for (const char* setting : {"", "=", "=x", "restart", "re start=no", "a\"b=c"}) {
        EXPECT_NE(mistake_of_setting(setting), "") << setting;
    }
    EXPECT_EQ(mistake_of_setting("restart"), "--set: expected KEY=VALUE, got 'restart'");
}

TEST(Setting, AProgramRunsWhereItWasStarted) {
    const GivenText given = given_program("/opt/my server", "/srv/a\"b");
    EXPECT_EQ(given.text, "[service]\nexec-start = [\"/opt/my server\"]\n"
                          "working-directory = \"/srv/a\\\"b\"\n");
}

TEST(Setting, AnEnvironmentFileIsInTheWorkingDirectory) {
    EXPECT_EQ(given_environment_file("a \"b\".env", "/srv").text,
              "service.environment-file = [\"/srv/a \\\"b\\\".env\"]\n");
    EXPECT_EQ(given_environment_file("/etc/x", "/srv").text,
              "service.environment-file = [\"/etc/x\"]\n");
}

} // namespace amphid
