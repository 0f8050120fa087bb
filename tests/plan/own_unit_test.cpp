// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The unit that a cgroup path shows, as libsystemd reads it.

#include "plan/own_unit.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

TEST(OwnUnitTest, OfTheSystemManager) {
    const std::pair<const char*, const char*> cases[] = {
        {"/system.slice/web.service", "web.service"},
        {"/system.slice/system-amphid.slice/amphid@web.service", "amphid@web.service"},
        {"/system.slice/web.service/.control", "web.service"},
        {"/system.slice/web.service/amphid.web.1234", "web.service"},
        {"/web.slice/web-a.slice/x.scope", "x.scope"},
        {"/user.slice/user-1000.slice/user@1000.service/app.slice/web.service",
         "user@1000.service"},
        {"/user.slice/user-1000.slice/session-3.scope", "session-3.scope"},
        {"/init.scope", "init.scope"},
        {"/system.slice/_tasks.service", "tasks.service"},
        {"/", ""},
        {"", ""},
        {"/system.slice", ""},
        {"/docker/0123abc", ""},
    };
    for (const auto& [cgroup, unit] : cases) {
        EXPECT_EQ(unit_in_cgroup(cgroup, Manager::system), unit) << cgroup;
    }
}

TEST(OwnUnitTest, OfAUserManager) {
    const std::string above = "/user.slice/user-1000.slice/user@1000.service";
    EXPECT_EQ(unit_in_cgroup(above + "/app.slice/web.service", Manager::user), "web.service");
    EXPECT_EQ(
        unit_in_cgroup(above + "/app.slice/app-amphid.slice/amphid@web.service/x", Manager::user),
        "amphid@web.service");
    EXPECT_EQ(unit_in_cgroup(above + "/init.scope", Manager::user), "init.scope");
    EXPECT_EQ(unit_in_cgroup(above, Manager::user), "");
    EXPECT_EQ(unit_in_cgroup("/system.slice/web.service", Manager::user), "");
    EXPECT_EQ(unit_in_cgroup("/user.slice/user-1000.slice/session-3.scope", Manager::user), "");
}

} // namespace
} // namespace amphid
