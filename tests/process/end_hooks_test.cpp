// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// on-success and on-failure: what runs when no restart follows.

#include "fixture.h"

#include <csignal>

namespace amphid::test {

class EndHookTest : public ProcessTest {
protected:
    /// A command that writes what it is told of the end into that file.
    std::string told(const std::string& file) const {
        return shell("echo \"$MONITOR_SERVICE_RESULT $MONITOR_EXIT_CODE $MONITOR_EXIT_STATUS "
                     "$MONITOR_UNIT ${#MONITOR_INVOCATION_ID}\" >>" +
                     path(file));
    }
    std::string both() const {
        return hooks("on-success", {told("success")}) + hooks("on-failure", {told("failure")});
    }
};

TEST_F(EndHookTest, OnFailureRunsOnceAfterTheLastRestart) {
    configure(service("exec", {"--append", path("starts"), "--exit", "3"}) +
              "restart = \"on-failure\"\nrestart-sec = 0\nstart-limit-burst = 3\n" + both());
    start();
    EXPECT_TRUE(await_state("failed"));
    EXPECT_EQ(lines("starts").size(), 3U);
    EXPECT_EQ(lines("failure"), Words{"start-limit-hit exited 3 " + name() + ".service 32"});
    EXPECT_EQ(read("success"), "");
    EXPECT_TRUE(await_gone(launcher()));
    expect_nobody_left();
}

TEST_F(EndHookTest, OnSuccessRunsAfterAStopAndNotAtARestart) {
    configure(service("notify", {"--notify"}) + both());
    started();
    EXPECT_EQ(amphid({"restart", config()}).code, 0);
    EXPECT_EQ(read("success"), "");
    stopped();
    EXPECT_EQ(lines("success"), Words{"success killed TERM " + name() + ".service 32"});
    EXPECT_EQ(read("failure"), "");
}

TEST_F(EndHookTest, AFailedStartHasRunThemWhenItReturns) {
    configure(service("notify", {"--exit", "4"}) + both());
    EXPECT_EQ(start().code, 1);
    EXPECT_EQ(lines("failure"), Words{"exit-code exited 4 " + name() + ".service 32"});
}

// OnFailure= starts another unit: what a command leaves is not this service's.
TEST_F(EndHookTest, WhatTheyStartStays) {
    configure(service("exec", {"--exit", "1"}) +
              hooks("on-failure",
                    {played({"--child-orphan", "{", "--append", path("other"), "}", "--exit", "5"}),
                     told("failure")}));
    start();
    EXPECT_TRUE(await_state("failed"));
    ASSERT_TRUE(await_lines("other", 1));
    const pid_t other = std::atoi(lines("other").at(0).c_str());
    EXPECT_TRUE(is_alive(other));
    EXPECT_EQ(lines("failure").size(), 1U) << "a command that fails does not end the list";
    send_signal(other, SIGKILL);
    EXPECT_TRUE(await_gone(other));
}

TEST_F(EndHookTest, OneThatHangsIsKilled) {
    configure(service("exec", {"--exit", "1"}) + "timeout-stop-sec = 2\n" +
              hooks("on-failure",
                    {played({"--ignore", "TERM", "--append", path("hangs")}), told("failure")}));
    start();
    EXPECT_TRUE(await_state("failed"));
    EXPECT_EQ(lines("failure").size(), 1U);
    EXPECT_TRUE(await_gone(launcher()));
    expect_nobody_left();
}

} // namespace amphid::test
