// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A stop returns when every process of the service is gone, wherever it hid.

#include "fixture.h"
#include "helper/file.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sys/stat.h>
#include <sys/wait.h>

namespace amphid::test {

using StopTest = ProcessTest;

TEST_F(StopTest, SaysStoppedThenNotRunning) {
    configure(service("notify", {"--notify"}));
    started();
    Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, name() + ": stopped\n");
    EXPECT_EQ(state("state"), "dead");
    EXPECT_EQ(state("result"), "success");
    outcome = stop();
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, name() + ": not running\n");
}

TEST_F(StopTest, ServiceThatNeverRan) {
    configure(service("notify", {"--notify"}));
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 0);
    EXPECT_EQ(outcome.out, name() + ": not running\n");
}

TEST_F(StopTest, SendsTheKillSignalOnce) {
    configure(service("notify", {"--log-signals", path("log"), "--exit-on", "INT:0", "--notify"}) +
              "kill-signal = \"SIGINT\"\n");
    started();
    stopped();
    EXPECT_EQ(read("log"), "INT\n");
}

TEST_F(StopTest, KillsWhatIgnoresTheSignal) {
    configure(service("notify", {"--ignore", "TERM", "--notify"}) +
              "timeout-stop-sec = \"200ms\"\n");
    started();
    const auto began = std::chrono::steady_clock::now();
    stopped();
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(200));
    EXPECT_EQ(state("result"), "timeout");
}

// A process that is never there for two looks: each forks the next one and ends.
TEST_F(StopTest, WhatForksAndEndsIsCaughtAtLast) {
    const std::string hop =
        write("hop", "#!/bin/sh\ntrap '' TERM\n: >" + path("hopped") + "\n\"$0\" &\n");
    ASSERT_EQ(::chmod(hop.c_str(), 0755), 0);
    configure("[service]\nexec-start = [\"/bin/sh\", \"-c\", \"" + hop +
              "; exec sleep 1000\"]\ntimeout-stop-sec = \"100ms\"\n");
    started();
    ASSERT_TRUE(await("the first hop", [&] { return exists(path("hopped")); }));
    stopped();
    EXPECT_EQ(state("result"), "timeout") << "it ignored SIGTERM, whatever /proc showed";
}

// A launcher that cannot go on takes its service with it, however little it has left to do so.
TEST_F(StopTest, LauncherWithoutDescriptorsLeavesNothing) {
    configure(service("exec", {"--append", path("starts")}));
    for (const char* limit : {"6", "7"}) {
        const Outcome outcome =
            run({.command = {"bash", "-c",
                             std::string("ulimit -n ") + limit + "; exec \"$0\" run \"$1\"",
                             amphid_binary(), config()}});
        EXPECT_NE(outcome.code, 0) << limit;
        EXPECT_FALSE(outcome.err.empty()) << limit;
    }
    reap();
    EXPECT_EQ(descendants_of(::getpid()).size(), 0U);
}

// P43: killpg would miss three of them.
TEST_F(StopTest, WholeTreeIsGone) {
    configure(service("notify", {"--fork", "2", "--setsid-child", "--double-fork", "--child", "{",
                                 "--child-orphan", "{", "--fork", "1", "--append", path("deep"),
                                 "}", "}", "--await", path("deep"), "--notify"}));
    started();
    const std::vector<pid_t> tree = descendants_of(launcher());
    EXPECT_EQ(tree.size(), 8U);
    stopped();
    for (const pid_t pid : tree)
        EXPECT_FALSE(is_alive(pid)) << pid;
}

TEST_F(StopTest, WholeTreeIsGoneAfterAKill) {
    configure(service("notify", {"--ignore", "TERM", "--fork", "2", "--setsid-child",
                                 "--double-fork", "--notify"}) +
              "timeout-stop-sec = \"100ms\"\n");
    started();
    const std::vector<pid_t> tree = descendants_of(launcher());
    EXPECT_EQ(tree.size(), 5U);
    stopped();
    for (const pid_t pid : tree)
        EXPECT_FALSE(is_alive(pid)) << pid;
}

// M12, M13: the main process is gone, a child's TERM handler is not done yet.
TEST_F(StopTest, HandlersOfChildrenMayFinish) {
    configure(service("notify", {"--child-session",
                                 "{",
                                 "--on",
                                 "TERM",
                                 "{",
                                 "--append",
                                 path("handling"),
                                 "--await",
                                 path("go"),
                                 "--append",
                                 path("done"),
                                 "--exit",
                                 "0",
                                 "}",
                                 "--append",
                                 path("child"),
                                 "}",
                                 "--await",
                                 path("child"),
                                 "--notify"}));
    started();
    const pid_t main = main_pid();
    Program& command = spawn_amphid({"stop", config()});
    ASSERT_TRUE(await_lines("handling", 1));
    ASSERT_TRUE(await_gone(main));
    EXPECT_FALSE(command.status) << "stop returned before the child was done";
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    EXPECT_EQ(lines("done").size(), 1U);
}

// A tree that grows while it is being stopped.
TEST_F(StopTest, ChildrenBornDuringTheStopAreFound) {
    configure(service("notify", {"--on", "TERM", "{", "--child-orphan", "{", "--ignore", "TERM",
                                 "--append", path("born"), "}", "--await", path("born"), "--exit",
                                 "0", "}", "--notify"}) +
              "timeout-stop-sec = \"3s\"\n");
    started();
    stopped();
    ASSERT_EQ(lines("born").size(), 1U);
    EXPECT_FALSE(is_alive(std::atoi(lines("born")[0].c_str())));
}

// P44.
TEST_F(StopTest, SuspendedServiceIsContinued) {
    configure(service("notify", {"--exit-on", "TERM:0", "--notify"}) +
              "timeout-stop-sec = \"1h\"\n");
    started();
    const pid_t main = main_pid();
    send_signal(main, SIGSTOP);
    ASSERT_TRUE(await("the service to be suspended", [&] {
        const auto stat = stat_of(main);
        return stat && stat->state == 'T';
    }));
    stopped();
    EXPECT_EQ(state("result"), "success");
}

// P45: nobody reaps here while stop runs, as in a container with a careless PID 1.
TEST_F(StopTest, ZombieLauncherDoesNotKeepStopWaiting) {
    configure(service("notify", {"--notify"}));
    const pid_t pid = started();
    Program& command = spawn_amphid({"stop", config()});
    int status = 0;
    ASSERT_EQ(::waitpid(command.pid, &status, 0), command.pid);
    command.status = status;
    EXPECT_EQ(WEXITSTATUS(status), 0);
    const auto left = stat_of(pid);
    EXPECT_TRUE(left && left->state == 'Z');
    EXPECT_EQ(this->status().code, 3);
}

// P28: orphans of the service are reaped by the launcher.
TEST_F(StopTest, OrphansAreReapedWhileRunning) {
    configure(
        service("notify", {"--child-orphan", "{", "--append", path("orphan"), "--await", path("go"),
                           "--exit", "0", "}", "--await", path("orphan"), "--notify"}));
    started();
    const pid_t orphan = std::atoi(lines("orphan").at(0).c_str());
    EXPECT_EQ(stat_of(orphan)->ppid, launcher());
    write("go", "");
    EXPECT_TRUE(await("the orphan to be reaped", [&] { return !stat_of(orphan); }));
    EXPECT_EQ(state("state"), "running");
    stopped();
}

// P27: SIGCHLD coalesces; a hundred deaths at once are a hundred deaths.
TEST_F(StopTest, ManyOrphansAtOnceAreReaped) {
    Words steps;
    for (int i = 0; i < 50; ++i)
        steps.insert(steps.end(),
                     {"--child-orphan", "{", "--await", path("go"), "--exit", "0", "}"});
    steps.push_back("--notify");
    configure(service("notify", steps));
    const pid_t pid = started();
    EXPECT_EQ(children_of(pid).size(), 51U);
    write("go", "");
    EXPECT_TRUE(
        await("all orphans to be reaped", [&] { return descendants_of(pid, true).size() == 1; }));
    stopped();
}

// More than the launcher reaps in one turn: one SIGCHLD has told of all of them.
TEST_F(StopTest, MoreOrphansThanATurnTakesAreReaped) {
    Words steps;
    for (int i = 0; i < 300; ++i)
        steps.insert(steps.end(), {"--child-orphan", "{", "}"});
    steps.push_back("--notify");
    configure(service("notify", steps));
    const pid_t pid = started();
    const pid_t main = main_pid();
    const auto children = children_of(pid);
    ASSERT_EQ(children.size(), 301U);
    send_signal(pid, SIGSTOP);
    for (const pid_t child : children)
        if (child != main)
            send_signal(child, SIGKILL);
    EXPECT_TRUE(await("all orphans to be dead", [&] {
        return std::all_of(children.begin(), children.end(), [&](pid_t child) {
            const auto stat = stat_of(child);
            return child == main || (stat && stat->state == 'Z');
        });
    }));
    send_signal(pid, SIGCONT);
    EXPECT_TRUE(
        await("all orphans to be reaped", [&] { return descendants_of(pid, true).size() == 1; }));
    stopped();
}

TEST_F(StopTest, HogIsStopped) {
    configure(service("notify", {"--notify", "--hog"}));
    started();
    stopped();
}

TEST_F(StopTest, TwoStopsAtOnce) {
    configure(service("notify", {"--on", "TERM", "{", "--append", path("term"), "--await",
                                 path("go"), "--exit", "0", "}", "--notify"}));
    started();
    Program& first = spawn_amphid({"stop", config()});
    Program& second = spawn_amphid({"stop", config()});
    ASSERT_TRUE(await_lines("term", 1));
    write("go", "");
    EXPECT_EQ(finish(first).code, 0) << first.error;
    EXPECT_EQ(finish(second).code, 0) << second.error;
    EXPECT_EQ(lines("term").size(), 1U);
    EXPECT_FALSE(exists(runtime("pid")));
}

// What `kill $(cat pid)` of an old script does.
TEST_F(StopTest, TermAndIntOfTheLauncherStop) {
    for (const int number : {SIGTERM, SIGINT}) {
        configure(service("notify", {"--exit-on", "TERM:0", "--notify"}));
        const pid_t pid = started();
        const pid_t main = main_pid();
        send_signal(pid, number);
        ASSERT_TRUE(await_gone(pid));
        EXPECT_FALSE(is_alive(main));
        EXPECT_EQ(state("state"), "dead");
        EXPECT_FALSE(exists(runtime("pid")));
        ASSERT_TRUE(await("the launcher's exit code", [&] { return end_of(pid).has_value(); }));
        EXPECT_EQ(end_of(pid), 0);
    }
}

TEST_F(StopTest, FailureOfTheServiceDuringTheStopIsRecorded) {
    configure(service("notify", {"--exit-on", "TERM:3", "--notify"}));
    started();
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(state("state"), "failed");
    EXPECT_EQ(state("result"), "exit-code");
    EXPECT_EQ(state("exit.status"), "3");
}

// The main process is gone by itself, its child is not: the service is over, and so is the child.
TEST_F(StopTest, ChildrenDoNotOutliveTheMainProcess) {
    configure(service("notify", {"--child-session", "{", "--append", path("child"), "}", "--await",
                                 path("child"), "--notify", "--await", path("go"), "--exit", "0"}));
    const pid_t pid = started();
    const pid_t child = std::atoi(lines("child").at(0).c_str());
    ASSERT_TRUE(is_alive(child));
    write("go", "");
    ASSERT_TRUE(await_gone(pid));
    EXPECT_FALSE(is_alive(child));
    EXPECT_EQ(state("result"), "success");
}

TEST_F(StopTest, RestartCommandMakesANewService) {
    configure(service("notify", {"--append", path("starts"), "--notify"}));
    started();
    const pid_t main = main_pid();
    const Outcome outcome = amphid({"restart", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_FALSE(is_alive(main));
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(lines("starts").size(), 2U);
    stopped();
}

TEST_F(StopTest, RestartCommandStartsWhatIsStopped) {
    configure(service("notify", {"--append", path("starts"), "--notify"}));
    const Outcome outcome = amphid({"restart", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(state("state"), "running");
    stopped();
}

// Who started it in the foreground is waiting for it; a daemon in its place would be a surprise.
TEST_F(StopTest, RestartCommandLeavesAForegroundServiceAlone) {
    configure(service("notify", {"--exit-on", "TERM:0", "--notify"}));
    Program& program = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    const Outcome outcome = amphid({"restart", config()});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("PID " + std::to_string(program.pid)), std::string::npos)
        << outcome.err;
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(finish(program).code, 0);
}

TEST_F(StopTest, RestartCommandReportsAFailure) {
    configure(service("notify", {"--append", path("starts"), "--if-exists", path("bad"), "{",
                                 "--exit", "5", "}", "--notify"}));
    started();
    write("bad", "");
    const Outcome outcome = amphid({"restart", config()});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("exited with code 5"), std::string::npos) << outcome.err;
    EXPECT_FALSE(exists(runtime("pid")));
}

} // namespace amphid::test
