// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Type oneshot: ready when it is done, with one command or several.

#include "fixture.h"
#include "helper/file.h"

namespace amphid::test {

class OneshotTest : public ProcessTest {};

TEST_F(OneshotTest, StartReturnsWhenItIsDone) {
    configure(service("oneshot", {"--append", path("begun"), "--await", path("go"), "--append",
                                  path("done"), "--exit", "0"}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("begun", 1));
    ASSERT_TRUE(await_field("waiting-for", "the end of exec-start"));
    EXPECT_EQ(state("state"), "start");
    EXPECT_EQ(status().code, 3);
    EXPECT_FALSE(command.status);
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(command.text, name() + ": done\n");
    EXPECT_EQ(lines("done").size(), 1U);
    ASSERT_TRUE(await_state("dead"));
    EXPECT_EQ(state("result"), "success");
    EXPECT_EQ(status().code, 3);
}

TEST_F(OneshotTest, RunsAgain) {
    configure(service("oneshot", {"--append", path("runs"), "--exit", "0"}));
    for (std::size_t round = 1; round <= 3; ++round) {
        EXPECT_EQ(start().code, 0);
        EXPECT_EQ(lines("runs").size(), round);
        ASSERT_TRUE(await_gone(launcher()));
    }
}

TEST_F(OneshotTest, FailureHasItsWords) {
    configure(service("oneshot", {"--stderr", "disk full", "--exit", "5"}));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "exited with code 5 (result 'exit-code')");
    expect_words(outcome.err, "\n    disk full\n");
    EXPECT_EQ(state("state"), "failed");
}

TEST_F(OneshotTest, ForegroundEndsWithItsCode) {
    configure(service("oneshot", {"--exit", "0"}));
    EXPECT_EQ(amphid({"run", config()}).code, 0);
    configure(service("oneshot", {"--exit", "5"}));
    EXPECT_EQ(amphid({"run", config()}).code, 5);
}

TEST_F(OneshotTest, RemainsAfterItsExit) {
    configure(service("oneshot", {"--append", path("runs"), "--exit", "0"}) +
              "remain-after-exit = true\n" +
              hooks("exec-stop", {played({"--append", path("stops"), "--exit", "0"})}));
    EXPECT_EQ(start().code, 0);
    const pid_t pid = launcher();
    EXPECT_EQ(state("state"), "exited");
    EXPECT_EQ(status().code, 0);
    EXPECT_TRUE(exists(runtime("pid")));
    EXPECT_EQ(start().code, 0) << "it runs, as far as anybody is told";
    EXPECT_EQ(lines("runs").size(), 1U);
    EXPECT_EQ(lines("stops").size(), 0U);
    stopped();
    EXPECT_EQ(lines("stops").size(), 1U);
    EXPECT_FALSE(is_alive(pid));
    EXPECT_EQ(state("state"), "dead");
    EXPECT_EQ(status().code, 3);
}

TEST_F(OneshotTest, FailureDoesNotRemain) {
    configure(service("oneshot", {"--exit", "1"}) + "remain-after-exit = true\n");
    EXPECT_EQ(start().code, 1);
    EXPECT_EQ(state("state"), "failed");
    EXPECT_EQ(status().code, 3);
}

TEST_F(OneshotTest, CommandsRunInOrder) {
    std::string list;
    for (const char* word : {"one", "two", "three"})
        list += played({"--append-text", path("order"), word, "--exit", "0"}) + ", ";
    configure("[service]\ntype = \"oneshot\"\nexec-start = [" + list + "]\n");
    EXPECT_EQ(start().code, 0);
    EXPECT_EQ(read("order"), "one\ntwo\nthree\n");
}

TEST_F(OneshotTest, CommandThatFailsIsTheLast) {
    configure("[service]\ntype = \"oneshot\"\nexec-start = [" +
              played({"--append-text", path("order"), "one", "--exit", "0"}) + ", " +
              played({"--append-text", path("order"), "two", "--exit", "4"}) + ", " +
              played({"--append-text", path("order"), "three", "--exit", "0"}) + "]\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "exited with code 4");
    EXPECT_EQ(read("order"), "one\ntwo\n");
}

TEST_F(OneshotTest, CommandThatMayFailIsNotTheLast) {
    configure("[service]\ntype = \"oneshot\"\nexec-start = [" +
              played({"--append-text", path("order"), "one", "--exit", "4"}, "-") + ", " +
              played({"--append-text", path("order"), "two", "--exit", "0"}) + "]\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(read("order"), "one\ntwo\n");
}

TEST_F(OneshotTest, WhatItLeavesIsEnded) {
    configure(service("oneshot", {"--double-fork", "--setsid-child", "--exit", "0"}));
    EXPECT_EQ(start().code, 0);
    ASSERT_TRUE(await_gone(launcher()));
    expect_nobody_left();
}

TEST_F(OneshotTest, StopDuringTheRunEndsIt) {
    configure(service("oneshot", {"--double-fork", "--append", path("begun")}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("begun", 1));
    ASSERT_TRUE(await_state("start"));
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(finish(command).code, 1);
    EXPECT_NE(command.error, "");
    expect_nobody_left();
}

} // namespace amphid::test
