// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/pager.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

using Commands = std::vector<std::vector<std::string>>;

TEST(Pager, IsTheOneThatSystemdWouldUse) {
    EXPECT_EQ(choose_pager({}, false).commands, (Commands{{"less"}, {"more"}}));
    EXPECT_EQ(choose_pager({"PAGER=most -s"}, false).commands,
              (Commands{{"most", "-s"}, {"less"}, {"more"}}));
    EXPECT_EQ(choose_pager({"PAGER=most", "SYSTEMD_PAGER=less -R"}, false).commands,
              (Commands{{"less", "-R"}, {"less"}, {"more"}}));
    for (const char* none : {"PAGER=cat", "PAGER=", "SYSTEMD_PAGER=cat"}) {
        EXPECT_EQ(choose_pager({none}, false).commands, Commands{}) << none;
    }
}

TEST(Pager, HasSystemdsVariables) {
    EXPECT_EQ(choose_pager({}, false).variables, (Environment{"LESS=FRSXMK"}));
    EXPECT_EQ(choose_pager({"SYSTEMD_LESS=FX", "SYSTEMD_LESSCHARSET=utf-8"}, false).variables,
              (Environment{"LESS=FX", "LESSCHARSET=utf-8"}));
}

TEST(Pager, LendsNobodysRights) {
    const PagerChoice sudo = choose_pager({"PAGER=vim"}, true);
    EXPECT_EQ(sudo.commands, (Commands{{"less"}}));
    EXPECT_EQ(sudo.variables, (Environment{"LESS=FRSXMK", "LESSSECURE=1"}));
    EXPECT_EQ(choose_pager({"PAGER=vim", "SYSTEMD_PAGERSECURE=1"}, true).commands,
              (Commands{{"vim"}, {"less"}}));
    EXPECT_EQ(choose_pager({"PAGER=vim", "SYSTEMD_PAGERSECURE=0"}, true).commands,
              (Commands{{"vim"}, {"less"}, {"more"}}));
}

} // namespace
} // namespace amphid
