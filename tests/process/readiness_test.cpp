// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// [ready] and [health]: readiness and health of services that say nothing themselves.

#include "fixture.h"
#include "helper/file.h"
#include "ports.h"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace amphid::test {

class ReadinessTest : public ProcessTest {
protected:
    /// Starts it and expects it to wait for `awaited`; then makes the file `go` and expects it to
    /// become ready.
    void expect_ready_after_go(const std::string& awaited) {
        Program& command = spawn_amphid({"start", config()});
        ASSERT_TRUE(await("waiting for " + awaited,
                          [&] { return state("waiting-for").find(awaited) != std::string::npos; }));
        EXPECT_EQ(state("state"), "start");
        EXPECT_FALSE(command.status);
        write("go", "");
        EXPECT_EQ(finish(command).code, 0) << command.error;
        EXPECT_EQ(state("state"), "running");
        EXPECT_EQ(state("waiting-for"), "");
        EXPECT_NE(state("met").find(awaited), std::string::npos) << state("met");
        stopped();
    }

    std::string exec(const Words& steps) { return service("exec", steps); }
};

TEST_F(ReadinessTest, Listen) {
    const std::string port = free_port();
    configure(exec({"--await", path("go"), "--listen", port}) + "[ready]\nlisten = \"tcp:" + port +
              "\"\n");
    expect_ready_after_go("listen tcp:" + port);
}

TEST_F(ReadinessTest, AStrangerOnThePortDoesNotCountAndIsNamed) {
    const std::string port = free_port();
    Program& stranger =
        spawn({{helper_binary(), "serve", "--listen", port, "--ready-file", path("stranger")}});
    ASSERT_TRUE(await_file("stranger"));
    configure(exec({}) + "timeout-start-sec = 1\n[ready]\nlisten = \"tcp:" + port + "\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "listen tcp:" + port + " (PID " + std::to_string(stranger.pid) +
                                  " (helper) listens, which does not belong to this service)");
    send_signal(stranger.pid, SIGTERM);
    finish(stranger);
}

TEST_F(ReadinessTest, Connect) {
    const std::string port = free_port();
    configure(exec({"--await", path("go"), "--listen", port}) + "[ready]\nconnect = \"tcp:" + port +
              "\"\n");
    expect_ready_after_go("connect tcp:" + port);
}

TEST_F(ReadinessTest, Http) {
    const std::string port = free_port();
    configure(exec({"--await", path("go"), "--answer", port, "204 No Content"}) +
              "[ready]\nhttp = \"http://127.0.0.1:" + port + "/health 204\"\n");
    expect_ready_after_go("http http://127.0.0.1:" + port + "/health 204");
}

TEST_F(ReadinessTest, HttpSaysWhichStatusItGot) {
    const std::string port = free_port();
    configure(exec({"--answer", port, "503 Later"}) +
              "timeout-start-sec = 1\n[ready]\nhttp = \"http://127.0.0.1:" + port + "/\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "(status 503)");
    expect_nobody_left();
}

TEST_F(ReadinessTest, File) {
    configure(exec({"--await", path("go"), "--ready-file", path("there")}) +
              "[ready]\nfile = " + quoted(path("there")) + "\n");
    expect_ready_after_go("file " + path("there"));
}

// It is there from the first start; the second one is ready when it is written again.
TEST_F(ReadinessTest, AFileOfTheLastRunIsNoReadiness) {
    const std::string file = "[ready]\nfile = " + quoted(path("there")) + "\n";
    configure(exec({"--ready-file", path("there")}) + file);
    started();
    stopped();
    struct stat left {};
    ASSERT_EQ(::stat(path("there").c_str(), &left), 0);
    ASSERT_TRUE(await("a later tick of the file system's clock", [&] {
        timespec now{};
        ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
        return now.tv_sec > left.st_ctim.tv_sec || now.tv_nsec > left.st_ctim.tv_nsec;
    }));
    configure(exec({"--await", path("go"), "--ready-file", path("there")}) + file);
    expect_ready_after_go("file " + path("there"));
}

TEST_F(ReadinessTest, Command) {
    configure(exec({}) + "[ready]\ncommand = [\"/bin/sh\", \"-c\", " +
              quoted("test -e " + path("go") + " && test \"$MAINPID\" -gt 1") +
              "]\ninterval-sec = 0.05\n");
    expect_ready_after_go("command /bin/sh");
}

TEST_F(ReadinessTest, LogOnEitherStream) {
    for (const std::string stream : {"--stdout", "--stderr"}) {
        std::remove(path("go").c_str());
        configure(exec({"--await", path("go"), stream, "now listening on 80", stream, "more"}) +
                  "[ready]\nlog = \"^now listening\"\n");
        expect_ready_after_go("log /^now listening/");
    }
}

TEST_F(ReadinessTest, WhatTheLogShowsStillArrives) {
    configure(exec({"--stdout", "one", "--stdout", "ready", "--stdout", "three"}) +
              "standard-output = " + quoted("append:" + path("out")) +
              "\n[ready]\nlog = \"ready\"\n");
    started();
    EXPECT_TRUE(await("the third line", [&] { return read("out") == "one\nready\nthree\n"; }));
    stopped();
}

TEST_F(ReadinessTest, WhoeverAdoptsTheServicePassesItsOutputOn) {
    configure(exec({"--on", "USR1", "{", "--stdout", "later", "}", "--stdout", "ready"}) +
              "standard-output = " + quoted("append:" + path("out")) +
              "\n[ready]\nlog = \"ready\"\n");
    const pid_t first = started();
    send_signal(first, SIGKILL);
    ASSERT_TRUE(await_gone(first));
    const pid_t service = main_pid();
    const std::string met = state("met");
    EXPECT_NE(met, "");
    send_signal(service, SIGUSR1); // nobody reads: no line is lost, and it does not die of it
    EXPECT_EQ(start().code, 0);
    EXPECT_EQ(main_pid(), service);
    EXPECT_EQ(state("met"), met);
    EXPECT_TRUE(await("both lines", [&] { return read("out") == "ready\nlater\n"; }));
    stopped();
}

TEST_F(ReadinessTest, Fd) {
    configure(exec({"--await", path("go"), "--newline", "5"}) + "[ready]\nfd = 5\n");
    expect_ready_after_go("fd 5");
}

// Both would be the same number: whoever asked for it is told, and nothing is started.
TEST_F(ReadinessTest, FdIsNoneThatSystemdGives) {
    const std::string port = free_port();
    const Launch launch{.command = {helper_binary(), "activated", "stream", "127.0.0.1:" + port},
                        .by_systemd = true};
    configure(exec({"--ready-file", path("ran"), "--newline", "3"}) + "[ready]\nfd = 3\n");
    const Outcome outcome = amphid({"start", config()}, launch);
    EXPECT_EQ(outcome.code, 6);
    expect_words(
        outcome.err,
        "[ready] fd = 3 is the descriptor 'web' that systemd passes: choose one from 4 on");
    EXPECT_FALSE(exists(path("ran")));
    EXPECT_FALSE(exists(runtime("state")));
    configure(exec({"--record", path("record"), "--newline", "4"}) + "[ready]\nfd = 4\n");
    Program& command = spawn_amphid({"start", config()}, launch);
    ASSERT_TRUE(await_message("READY=1")) << command.error;
    EXPECT_TRUE(record("record")["fd.3"].starts_with("socket:")) << record("record")["fd.3"];
    send_signal(command.pid, SIGTERM);
    finish(command);
}

TEST_F(ReadinessTest, FdIsFreeWhereADaemonIsGivenNothing) {
    configure(exec({"--newline", "3"}) + "[ready]\nfd = 3\n");
    const Outcome outcome =
        amphid({"start", "--daemon", config()},
               {.command = {helper_binary(), "activated", "stream", "127.0.0.1:" + free_port()}});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    stopped();
}

TEST_F(ReadinessTest, AllHaveToHold) {
    configure(exec({"--ready-file", path("there"), "--await", path("go"), "--newline", "3"}) +
              "[ready]\nfd = 3\nfile = " + quoted(path("there")) + "\ndelay-sec = 0.02\n");
    expect_ready_after_go("fd 3");
}

TEST_F(ReadinessTest, AnyIsEnough) {
    configure(exec({"--ready-file", path("there")}) +
              "[ready]\nmatch = \"any\"\nfd = 3\nfile = " + quoted(path("there")) + "\n");
    started();
    EXPECT_EQ(state("met"), "file " + path("there"));
    stopped();
}

TEST_F(ReadinessTest, OnTopOfTypeNotify) {
    const std::string port = free_port();
    configure(service("notify", {"--notify", "--await", path("go"), "--listen", port}) +
              "[ready]\nlisten = \"tcp:" + port + "\"\n");
    expect_ready_after_go("listen tcp:" + port);
}

TEST_F(ReadinessTest, LivenessComesFirst) {
    configure(exec({"--exit", "0"}) + "[ready]\ndelay-sec = 60\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "exited with code 0 before it was ready");
}

TEST_F(ReadinessTest, NotifyFdGetsANewline) {
    configure(exec({}));
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const std::string number = std::to_string(ends[1]);
    started({"--notify-fd", number});
    ::close(ends[1]);
    char text[8];
    EXPECT_EQ(::read(ends[0], text, sizeof text), 1);
    EXPECT_EQ(text[0], '\n');
    EXPECT_EQ(::read(ends[0], text, sizeof text), 0) << "nobody keeps it";
    ::close(ends[0]);
    stopped();
}

TEST_F(ReadinessTest, StatusTellsWhatHolds) {
    configure(exec({"--ready-file", path("there")}) + "[ready]\nfile = " + quoted(path("there")) +
              "\n");
    started();
    expect_words(status().out, "file " + path("there"));
    stopped();
}

TEST_F(ReadinessTest, SystemdIsToldWhatIsAwaited) {
    configure(exec({"--await", path("go"), "--newline", "3"}) + "[ready]\nfd = 3\n");
    Program& command = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("STATUS=Starting: waiting for fd 3 (no newline yet)"));
    EXPECT_EQ(count_messages("READY=1"), 0U);
    write("go", "");
    ASSERT_TRUE(await_message("READY=1"));
    send_signal(command.pid, SIGTERM);
    finish(command);
}

// Health.

TEST_F(ReadinessTest, AnIllServiceIsEndedAndStartedAgain) {
    configure(
        exec({"--append", path("starts"), "--on", "ABRT", "{", "--append-text", path("abrt"), "ill",
              "--exit", "3", "}"}) +
        "restart = \"on-watchdog\"\nrestart-sec = 0\n[health]\ncommand = [\"/bin/sh\", \"-c\", " +
        quoted("test ! -e " + path("sick")) + "]\ninterval-sec = 0.05\nfailures = 2\n");
    started();
    write("sick", "");
    ASSERT_TRUE(await_lines("abrt", 1));
    std::remove(path("sick").c_str());
    ASSERT_TRUE(await_lines("starts", 2));
    ASSERT_TRUE(await_state("running"));
    stopped();
}

TEST_F(ReadinessTest, WithoutARestartTheResultIsWatchdog) {
    configure(exec({}) + "watchdog-signal = \"SIGKILL\"\n[health]\ncommand = [\"/bin/false\"]\n"
                         "interval-sec = 0.05\nfailures = 1\n");
    EXPECT_EQ(start().code, 0); // it may have ended by now
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(state("result"), "watchdog");
    expect_words(state("failure"), "result 'watchdog'");
    ASSERT_TRUE(await_gone(launcher()));
    expect_nobody_left();
}

TEST_F(ReadinessTest, ASilentServiceFailsItsWatchdog) {
    configure(service("notify", {"--notify", "--send", "WATCHDOG=1"}) + "watchdog-sec = 0.2\n");
    EXPECT_EQ(start().code, 0); // it may have ended by now
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(state("result"), "watchdog");
    ASSERT_TRUE(await_gone(launcher()));
    expect_nobody_left();
}

TEST_F(ReadinessTest, WatchdogTriggerActsAtOnce) {
    configure(service("notify", {"--notify", "--await", path("go"), "--send", "WATCHDOG=trigger"}) +
              "watchdog-sec = 600\n");
    started();
    write("go", "");
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(state("result"), "watchdog");
}

TEST_F(ReadinessTest, TheManagersWatchdogHearsOfHealth) {
    configure(exec({}) + "[health]\ncommand = [\"/bin/sh\", \"-c\", " +
              quoted("test ! -e " + path("sick")) + "]\ninterval-sec = 0.05\nfailures = 2\n");
    Program& command = spawn_amphid(
        {"start", config()}, {.environment = {{"WATCHDOG_USEC", "30000000"}}, .by_systemd = true});
    ASSERT_TRUE(await("two signs of life", [&] { return count_messages("WATCHDOG=1") >= 2; }));
    write("sick", "");
    ASSERT_TRUE(await_message("WATCHDOG=trigger"));
    EXPECT_EQ(state("state"), "running") << "it is the manager who acts";
    send_signal(command.pid, SIGTERM);
    finish(command);
}

TEST_F(ReadinessTest, TheManagersWatchdogHearsOfPings) {
    configure(service("notify", {"--on", "USR1", "{", "--send", "WATCHDOG=1", "}", "--notify"}) +
              "watchdog-sec = 600\n");
    Program& command = spawn_amphid(
        {"start", config()}, {.environment = {{"WATCHDOG_USEC", "30000000"}}, .by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_EQ(count_messages("WATCHDOG=1"), 0U);
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_message("WATCHDOG=1"));
    send_signal(command.pid, SIGTERM);
    finish(command);
}

TEST_F(ReadinessTest, WithNeitherTheLoopItselfShowsLife) {
    configure(exec({}));
    Program& command = spawn_amphid(
        {"start", config()}, {.environment = {{"WATCHDOG_USEC", "100000"}}, .by_systemd = true});
    ASSERT_TRUE(await("three signs of life", [&] { return count_messages("WATCHDOG=1") >= 3; }));
    send_signal(command.pid, SIGTERM);
    finish(command);
}

TEST_F(ReadinessTest, TheManagersAbortIsPassedOnAsWatchdogSignal) {
    configure(service("notify", {"--log-signals", path("signals"), "--notify"}) +
              "watchdog-signal = \"SIGUSR2\"\ntimeout-abort-sec = 0.2\n");
    Program& command = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    send_signal(command.pid, SIGABRT);
    ASSERT_TRUE(await_lines("signals", 1));
    EXPECT_EQ(lines("signals").front(), "USR2");
    finish(command);
    EXPECT_EQ(state("result"), "watchdog");
}

} // namespace amphid::test
