// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "hosts.h"
#include "resolve/plan.h"

#include "base/text.h"

#include <gtest/gtest.h>
#include <variant>

// on-success, on-failure and [ready] dbus: what a plan makes of them.

namespace amphid {
namespace {

Plan plan_of(std::string_view keys, const Host& host) {
    const std::string text = concat("service.exec-start = [\"/bin/x\"]\n", keys, '\n');
    const ParsedConfig parsed = parse_config(text);
    EXPECT_EQ(render(parsed.diagnostics, "config", text), "");
    return make_plan(parsed.config, {"/etc/amphid/web.toml", "web"}, host,
                     decide_mode(host, Asked::nothing, ModeChoice::automatic));
}

Host with(Host host, std::string entry) {
    host.environment.push_back(std::move(entry));
    return host;
}

// Whether systemd restarts the service once more, only systemd knows.
TEST(Plan, SystemdRunsNoCommandsOfTheEnd) {
    const std::string commands =
        "service.on-success = \"/bin/a\"\nservice.on-failure = \"/bin/b\"\n";
    EXPECT_TRUE(plan_of(commands, plain_host()).concessions.empty());
    const auto said = plan_of(commands, systemd_service()).concessions;
    ASSERT_EQ(said.size(), 2U);
    EXPECT_EQ(said[1],
              "on-failure does not run under systemd, which decides about restarts: name a "
              "unit with OnFailure= in [systemd.unit]");
    EXPECT_EQ(
        plan_of(commands + "[systemd.unit]\nOnFailure = \"mail.service\"\n", systemd_service())
            .concessions.size(),
        1U);
}

TEST(Plan, TheBusIsTheSystemsOrTheUsersOwn) {
    const std::string name = "ready.dbus = \"org.example.Web\"\n";
    const auto address = [&](const Host& host) {
        const Plan plan = plan_of(name, host);
        return std::get<OwnsName>(plan.ready.conditions.at(0)).address;
    };
    Host user = plain_host();
    user.uid = 1000;
    user.environment.push_back("XDG_RUNTIME_DIR=/run/user/1000");
    Host root = plain_host();
    root.uid = 0;
    EXPECT_EQ(address(root), "unix:path=/run/dbus/system_bus_socket");
    EXPECT_EQ(address(with(root, "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/x")), "unix:path=/x");
    EXPECT_EQ(address(with(root, "DBUS_SESSION_BUS_ADDRESS=unix:path=/x")),
              "unix:path=/run/dbus/system_bus_socket");
    EXPECT_EQ(address(user), "unix:path=/run/user/1000/bus");
    EXPECT_EQ(address(with(user, "DBUS_SESSION_BUS_ADDRESS=unix:path=/x")), "unix:path=/x");
}

} // namespace
} // namespace amphid
