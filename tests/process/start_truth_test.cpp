// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The start tells the truth: 0 when the service is ready, else at once how it ended, and nothing
// is left running.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <set>
#include <sstream>
#include <sys/stat.h>

namespace amphid::test {

class StartTruthTest : public ProcessTest {
protected:
    /// No process, no pid file, and a state file that says what the command said.
    void expect_nothing_left(const std::string& result) {
        reap();
        EXPECT_EQ(descendants_of(::getpid()).size(), 0U);
        EXPECT_FALSE(exists(runtime("pid")));
        EXPECT_FALSE(exists(runtime("notify")));
        EXPECT_EQ(state("state"), "failed");
        EXPECT_EQ(state("result"), result);
    }

    void expect_text(const Outcome& outcome, const std::string& words) {
        EXPECT_NE(outcome.err.find(words), std::string::npos) << words << "\nis not in\n"
                                                              << outcome.err;
    }

    /// Of 2000 lines: 4096 bytes begin in the middle of line 1591, whose rest would say nothing.
    void expect_last_four_kilobytes(const Outcome& outcome) {
        std::string lines = "amphid: last words of " + name() + ":\n";
        for (int line = 1592; line <= 2000; ++line)
            lines += "    line " + std::to_string(line) + "\n";
        expect_text(outcome, lines);
    }

    std::string failed(const std::string& how) {
        return "amphid: " + name() + " failed to start: " + how;
    }
};

TEST_F(StartTruthTest, ReadyOfEachType) {
    for (const char* type : {"simple", "exec", "notify"}) {
        configure(service(type, {"--notify"}));
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 0) << type << outcome.err;
        EXPECT_EQ(outcome.out, name() + ": ready (PID " + std::to_string(launcher()) +
                                   ", main PID " + std::to_string(main_pid()) + ")\n");
        stopped();
    }
}

// Whatever the system refuses behind the fork is told, once.
TEST_F(StartTruthTest, WhatIsRefusedBehindTheForkIsTold) {
    configure(service("notify", {"--notify"}));
    for (const auto& [call, what] : {std::pair("epoll_create1", "cannot create the event loop"),
                                     std::pair("timerfd_create", "cannot create a timer")}) {
        const Outcome outcome =
            amphid({"start", config()},
                   {.command = {helper_binary(), "denying", call, std::to_string(EMFILE)}});
        EXPECT_EQ(outcome.code, 1) << call;
        EXPECT_EQ(outcome.err,
                  failed(std::string(what) + ": Too many open files (result 'resources')\n"));
        expect_nothing_left("resources");
    }
}

// M1: without waiting for the timeout, which is infinite here.
TEST_F(StartTruthTest, EarlyDeathTellsCodeAndLastWords) {
    configure(service("notify",
                      {"--stderr", "cannot bind port 80", "--stderr", "giving up", "--exit", "7"}) +
              "timeout-start-sec = \"infinity\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(outcome.err, failed("exited with code 7 (result 'exit-code')\n") +
                               "amphid: last words of " + name() +
                               ":\n    cannot bind port 80\n    giving up\n");
    expect_nothing_left("exit-code");
    EXPECT_EQ(state("exit.kind"), "exited");
    EXPECT_EQ(state("exit.status"), "7");
}

TEST_F(StartTruthTest, EarlyDeathBySignal) {
    configure(service("notify", {"--die", "SEGV"}));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_text(outcome, failed("killed by signal SIGSEGV (result 'signal')"));
    expect_nothing_left("signal");
    EXPECT_EQ(state("exit.kind"), "killed");
    EXPECT_EQ(state("exit.status"), std::to_string(SIGSEGV));
}

TEST_F(StartTruthTest, EndWithoutReadyIsAProtocolFailure) {
    configure(service("notify", {"--exit", "0"}));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_text(outcome, "(result 'protocol')");
    expect_nothing_left("protocol");
}

// M6, P55.
TEST_F(StartTruthTest, MissingInterpreterIsAnExecFailure) {
    write("script", "#!/no/such/interpreter\n", 0755);
    configure("[service]\nexec-start = [" + quoted(path("script")) + "]\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_text(outcome, failed("EXEC " + path("script") +
                                " (its interpreter /no/such/interpreter does not exist): No such "
                                "file or directory (result 'exit-code')"));
    expect_nothing_left("exit-code");
    EXPECT_EQ(state("exit.kind"), "exec-failed");
    EXPECT_EQ(state("exit.stage"), "EXEC");
    EXPECT_EQ(state("exit.status"), std::to_string(ENOENT));
}

TEST_F(StartTruthTest, CarriageReturnIsNamedWhereTheInterpreterIsMissing) {
    write("script", "#!/bin/sh\r\nexit 0\r\n", 0755);
    configure("[service]\nexec-start = [" + quoted(path("script")) + "]\n");
    expect_text(start(), "EXEC " + path("script") +
                             " (its lines end in CR LF, so its interpreter is not found): No such "
                             "file or directory (result 'exit-code')");
}

TEST_F(StartTruthTest, MissingInterpreterOfAHookIsNamed) {
    write("hook", "#!/no/such/interpreter\n", 0755);
    configure(service("notify", {"--notify"}) + "exec-start-pre = " + quoted(path("hook")) + "\n");
    expect_text(start(), "exec-start-pre EXEC " + path("hook") +
                             " (its interpreter /no/such/interpreter does not exist): No such "
                             "file or directory (result 'exit-code')");
}

TEST_F(StartTruthTest, ARefusedSettingIsNamedWithItsValue) {
    configure("[service]\nexec-start = [\"/bin/sleep\", \"30\"]\ncpu-affinity = \"1000-1002\"\n");
    expect_text(start(), failed("CPUAFFINITY 1000-1002: Invalid argument (result 'exit-code')"));
}

TEST_F(StartTruthTest, UnknownFormatIsAnExecFailure) {
    write("data", "\x01\x02\x03", 0755);
    configure("[service]\nexec-start = [" + quoted(path("data")) + "]\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_text(outcome, "EXEC " + path("data") + " (it has no #! line): Exec format error");
    expect_nothing_left("exit-code");
}

TEST_F(StartTruthTest, MissingProgramIsFoundBeforeAnythingStarts) {
    configure("[service]\nexec-start = [\"/no/such/program\"]\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 5);
    EXPECT_EQ(outcome.err, "amphid: " + name() +
                               ": cannot execute /no/such/program: No such file or directory\n");
    EXPECT_FALSE(exists(runtime("pid")));
}

TEST_F(StartTruthTest, ProgramThatMayNotBeExecuted) {
    write("data", "#!/bin/sh\n", 0644);
    configure("[service]\nexec-start = [" + quoted(path("data")) + "]\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 5);
    expect_text(outcome, "cannot execute " + path("data") + ": Permission denied");
}

TEST_F(StartTruthTest, PlainProgramNameIsLookedUp) {
    configure("[service]\ntype = \"notify\"\nexec-start = [\"false\"]\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_text(outcome, "exited with code 1");
}

TEST_F(StartTruthTest, MissingWorkingDirectory) {
    configure(service("exec", {}) + "working-directory = \"/no/such/folder\"\n");
    const Outcome outcome = start();
    EXPECT_NE(outcome.code, 0);
    expect_text(outcome, "/no/such/folder: No such file or directory");
    EXPECT_FALSE(exists(runtime("pid")));
}

TEST_F(StartTruthTest, OutputThatCannotBeOpened) {
    configure(service("exec", {}) + "standard-output = \"append:/no/such/folder/log\"\n");
    const Outcome outcome = start();
    EXPECT_NE(outcome.code, 0);
    expect_text(outcome, "/no/such/folder/log: No such file or directory");
    EXPECT_FALSE(exists(runtime("pid")));
}

// M2: the daemon was left running.
TEST_F(StartTruthTest, TimeoutStopsWhatWasStarted) {
    configure(service("notify", {"--stderr", "still busy", "--fork", "1"}) +
              "timeout-start-sec = \"200ms\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_text(outcome, failed("no READY=1 within 200ms (result 'timeout')\n"));
    expect_text(outcome, "    still busy\n");
    expect_nothing_left("timeout");
}

TEST_F(StartTruthTest, TimeoutStopsAlsoWhatIgnoresTheSignal) {
    configure(
        service("notify", {"--ignore", "TERM", "--fork", "1", "--setsid-child", "--double-fork"}) +
        "timeout-start-sec = \"100ms\"\ntimeout-stop-sec = \"100ms\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_text(outcome, "(result 'timeout')");
    expect_nothing_left("timeout");
}

TEST_F(StartTruthTest, NothingIsLeftOfATreeWhoseMainProcessDied) {
    configure(service("notify", {"--fork", "2", "--setsid-child", "--double-fork", "--child-orphan",
                                 "{", "--ignore", "TERM", "--append", path("orphan"), "}",
                                 "--await", path("orphan"), "--exit", "9"}) +
              "timeout-stop-sec = \"200ms\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_text(outcome, "exited with code 9");
    expect_nothing_left("exit-code");
}

TEST_F(StartTruthTest, LastWordsAreTheLastFourKilobytes) {
    configure(service("notify", {"--stderr-lines", "2000", "--exit", "1"}));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_last_four_kilobytes(outcome);
}

TEST_F(StartTruthTest, LastWordsOfAFileAreTheLastFourKilobytes) {
    configure(service("notify", {"--stderr-lines", "2000", "--exit", "1"}) +
              "standard-error = " + quoted("append:" + path("err")) + "\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_last_four_kilobytes(outcome);
    EXPECT_EQ(lines("err").size(), 2000U);
}

TEST_F(StartTruthTest, LastWordsAreEscaped) {
    configure(service("notify", {"--stderr-raw", "\033]0;title\a\\xff", "--exit", "1"}));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.err.find('\033'), std::string::npos);
    EXPECT_EQ(outcome.err.find('\xff'), std::string::npos);
    expect_text(outcome, "title");
}

TEST_F(StartTruthTest, LastWordsWithoutLineEnd) {
    configure(service("notify", {"--stderr-raw", "half a line", "--exit", "1"}));
    const Outcome outcome = start();
    expect_text(outcome, "    half a line\n");
}

TEST_F(StartTruthTest, SecondStartFindsItRunning) {
    configure(service("notify", {"--append", path("starts"), "--notify"}));
    const Outcome first = start();
    ASSERT_EQ(first.code, 0) << first.err;
    const Outcome second = start();
    EXPECT_EQ(second.code, 0);
    EXPECT_EQ(second.out, name() + ": already running (PID " + std::to_string(launcher()) +
                              ", main PID " + std::to_string(main_pid()) + ")\n");
    EXPECT_EQ(lines("starts").size(), 1U);
    stopped();
}

TEST_F(StartTruthTest, SecondStartAwaitsTheFirstOnesSuccess) {
    configure(service("notify", {"--append", path("starts"), "--notify-after", path("go")}));
    Program& first = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_state("start"));
    Program& second = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("starts", 1));
    write("go", "");
    EXPECT_EQ(finish(first).code, 0) << first.error;
    EXPECT_EQ(finish(second).code, 0) << second.error;
    EXPECT_NE(second.text.find("(PID " + std::to_string(launcher()) + ","), std::string::npos);
    EXPECT_EQ(lines("starts").size(), 1U);
    stopped();
}

TEST_F(StartTruthTest, SecondStartAwaitsTheFirstOnesFailure) {
    configure(
        service("notify", {"--append", path("starts"), "--await", path("go"), "--exit", "3"}));
    Program& first = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_state("start"));
    Program& second = spawn_amphid({"start", config()});
    // It waits once it has opened the state file's folder or the launcher; it cannot be over.
    ASSERT_TRUE(await("the second start to wait", [&] {
        const auto stat = stat_of(second.pid);
        return second.status || (stat && stat->state == 'S' && !descriptors_of(second.pid).empty());
    }));
    EXPECT_FALSE(second.status) << second.text << second.error;
    write("go", "");
    EXPECT_EQ(finish(first).code, 1);
    EXPECT_NE(finish(second).code, 0);
    expect_nothing_left("exit-code");
}

// A start that is interrupted leaves nothing half-started.
TEST_F(StartTruthTest, InterruptedStartIsStillDecided) {
    configure(service("notify", {"--notify-after", path("go")}));
    Program& first = spawn_amphid({"start", config()}, {.own_group = true});
    ASSERT_TRUE(await_state("start"));
    ::kill(-first.pid, SIGINT);
    finish(first);
    write("go", "");
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(exists(runtime("pid")));
}

TEST_F(StartTruthTest, StopDuringTheStartFailsTheStart) {
    configure(service("notify", {}));
    Program& first = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_state("start"));
    const Outcome stopping = stop();
    EXPECT_EQ(stopping.code, 0) << stopping.err;
    EXPECT_EQ(finish(first).code, 1);
    EXPECT_FALSE(exists(runtime("pid")));
}

TEST_F(StartTruthTest, StatusSaysOnceThatItFailed) {
    configure(service("exec", {"--exit", "3"}));
    start();
    ASSERT_TRUE(await_state("failed"));
    std::string words = status().out;
    words.resize(words.find("\n\n")); // what follows is its log
    expect_words(words, "Active: failed (exit-code)");
    const std::size_t at = words.find("exited with code 3");
    ASSERT_NE(at, std::string::npos) << words;
    EXPECT_EQ(words.find("exited with code 3", at + 1), std::string::npos) << words;
}

// Wherever the descriptors end, before or behind the fork, the reason is given, and given once.
TEST_F(StartTruthTest, AReasonIsGivenOnce) {
    configure(service("notify", {"--notify"}));
    bool failed = false;
    bool done = false;
    for (int limit = 4; limit < 40; limit += 4) {
        const Outcome outcome =
            amphid({"start", config(), "--no-retry"},
                   {.command = {"prlimit", "--nofile=" + std::to_string(limit)}});
        failed = failed || outcome.code != 0;
        done = done || outcome.code == 0;
        std::istringstream text(outcome.err);
        std::set<std::string> seen;
        for (std::string line; std::getline(text, line);)
            EXPECT_TRUE(seen.insert(line).second) << "with " << limit << ", twice: " << line;
        EXPECT_EQ(seen.empty(), outcome.code == 0) << limit << outcome.err;
        EXPECT_EQ(stop().code, 0) << limit;
        expect_nobody_left();
    }
    EXPECT_TRUE(failed && done) << "the limits of this test show nothing";
}

} // namespace amphid::test
