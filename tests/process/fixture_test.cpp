// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The helper program and the fixture prove themselves before they prove anything else.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>

namespace amphid::test {

using FixtureTest = ProcessTest;

TEST_F(FixtureTest, ServiceRecordsItself) {
    const Outcome ran = run({.command = {helper_binary(), "serve", "--record", path("record"),
                                         "--stdout", "out", "--stderr", "err", "--exit", "3"}});
    EXPECT_EQ(ran.code, 3);
    EXPECT_EQ(ran.out, "out\n");
    EXPECT_EQ(ran.err, "err\n");
    EXPECT_TRUE(ran.pipes_closed);
    Fields said = record("record");
    EXPECT_EQ(said["ppid"], std::to_string(::getpid()));
    EXPECT_EQ(said["cwd"], parent_of(path("record")));
    EXPECT_EQ(said["fd.0"], "/dev/null");
    EXPECT_EQ(said["env.LANG"], "C.UTF-8");
    EXPECT_FALSE(mask_has(said["status.SigBlk"], SIGCHLD));
}

TEST_F(FixtureTest, SessionLeaderGainsATerminal) {
    const Outcome ran = run({.command = {"setsid", helper_binary(), "serve", "--record",
                                         path("record"), "--exit", "0"}});
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(record("record")["tty.before"], "no");
    EXPECT_EQ(record("record")["tty.after-open"], "yes");
}

TEST_F(FixtureTest, ManagerHearsReady) {
    const Outcome ran = run({.command = {helper_binary(), "serve", "--status", "hi", "--notify",
                                         "--barrier", "--exit", "0"},
                             .by_systemd = true});
    EXPECT_EQ(ran.code, 0);
    EXPECT_EQ(count_messages("READY=1"), 1U);
    EXPECT_EQ(count_messages("STATUS="), 1U);
    EXPECT_EQ(messages().back().descriptors, 1);
}

TEST_F(FixtureTest, OrphansAreFound) {
    const Outcome ran =
        run({.command = {helper_binary(), "serve", "--double-fork", "--fork", "2", "--exit", "0"}});
    EXPECT_EQ(ran.code, 0);
    const auto left = children_of(::getpid());
    EXPECT_EQ(left.size(), 3U);
    for (const pid_t pid : left) {
        send_signal(pid, SIGKILL);
        EXPECT_TRUE(await_gone(pid));
    }
}

TEST_F(FixtureTest, SignalsAreLoggedAndAnswered) {
    Program& program = spawn({.command = {helper_binary(), "serve", "--log-signals", path("log"),
                                          "--exit-on", "TERM:4", "--ready-file", path("ready")}});
    ASSERT_TRUE(await_file("ready"));
    send_signal(program.pid, SIGUSR1);
    ASSERT_TRUE(await_lines("log", 1));
    send_signal(program.pid, SIGTERM);
    EXPECT_EQ(finish(program).code, 4);
    EXPECT_EQ(read("log"), "USR1\nTERM\n");
}

TEST_F(FixtureTest, TerminalInterruptsItsJob) {
    Program& program = spawn({.command = {helper_binary(), "job", helper_binary(), "serve",
                                          "--exit-on", "INT:6", "--ready-file", path("ready")},
                              .on_terminal = true});
    ASSERT_TRUE(await_file("ready"));
    ASSERT_EQ(::write(program.out, "\003", 1), 1);
    EXPECT_EQ(finish(program).code, 6);
}

TEST_F(FixtureTest, ContainerHasItsOwnPidOne) {
    const Outcome ran = run({.command = {helper_binary(), "container", path("xdg"), helper_binary(),
                                         "serve", "--record", path("record"), "--exit", "5"}});
    if (ran.code == 120)
        GTEST_SKIP() << "the kernel allows no PID namespace here";
    EXPECT_EQ(ran.code, 5);
    EXPECT_EQ(record("record")["pid"], "1");
}

} // namespace amphid::test
