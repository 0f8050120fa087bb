// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// WATCHDOG_USEC= of sd_notify(3): whom it counts for, and how it is switched off.

#include "fixture.h"

#include <chrono>
#include <csignal>

namespace amphid::test {

class WatchdogUsecTest : public ProcessTest {};

// P65: what belongs to one activation ends with it.
TEST_F(WatchdogUsecTest, LastsForOneRun) {
    configure(service("notify", {"--append", path("runs"), "--on", "USR1", "{", "--send",
                                 "WATCHDOG_USEC=50000", "}", "--on", "USR2", "{", "--status",
                                 "alive", "}", "--notify"}) +
              "watchdog-sec = 600\nrestart = \"on-watchdog\"\nrestart-sec = 0\n");
    started();
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_lines("runs", 2));
    ASSERT_TRUE(await_state("running"));
    const auto passed = std::chrono::steady_clock::now() + std::chrono::milliseconds(200);
    ASSERT_TRUE(await("the interval of the first run to pass",
                      [&] { return std::chrono::steady_clock::now() > passed; }));
    send_signal(main_pid(), SIGUSR2);
    ASSERT_TRUE(await_field("status-text", "alive"));
    EXPECT_EQ(lines("runs").size(), 2U);
    stopped();
}

TEST_F(WatchdogUsecTest, ZeroSwitchesItOff) {
    configure(service("notify", {"--await", path("go"), "--send", "WATCHDOG_USEC=0\\nREADY=1",
                                 "--on", "USR1", "{", "--status", "alive", "}"}) +
              "watchdog-sec = \"100ms\"\n");
    write("go", "");
    started();
    const auto passed = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
    ASSERT_TRUE(await("the interval of the file to pass",
                      [&] { return std::chrono::steady_clock::now() > passed; }));
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_field("status-text", "alive"));
    EXPECT_EQ(state("state"), "running");
    stopped();
}

} // namespace amphid::test
