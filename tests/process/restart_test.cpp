// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Restart and start limit where they are ours: in daemon mode.

#include "fixture.h"
#include "helper/file.h"

#include <chrono>
#include <csignal>

namespace amphid::test {

/// An end of the service, and whether this value of restart answers it with a new start.
struct RestartCase {
    const char* restart;
    const char* end; // "0", "1", "42": exit codes; else a signal
    bool again;
};

void PrintTo(const RestartCase& one, std::ostream* out) {
    *out << one.restart << " after " << one.end;
}

class RestartTableTest : public ProcessTest, public ::testing::WithParamInterface<RestartCase> {};

// systemd.service(5), the table under Restart=; 42 is made a success by success-exit-status.
TEST_P(RestartTableTest, SaysWhatSystemdSays) {
    const RestartCase& expected = GetParam();
    const std::string end = expected.end;
    const bool code = end[0] >= '0' && end[0] <= '9';
    configure(
        service("notify", {"--append", path("starts"), "--notify", "--if-exists", path("second"),
                           "{", "--await", path("never"), "}", "--await", path("go"), "--append",
                           path("second"), code ? "--exit" : "--die", end}) +
        "restart = " + quoted(expected.restart) +
        "\nrestart-sec = 0\nsuccess-exit-status = [42]\n");
    const pid_t pid = started();
    write("go", "");
    if (expected.again) {
        ASSERT_TRUE(await_lines("starts", 2));
        ASSERT_TRUE(await_field("restarts", "1"));
        ASSERT_TRUE(await_state("running"));
        EXPECT_EQ(launcher(), pid);
        stopped();
    } else {
        ASSERT_TRUE(await_gone(pid));
        EXPECT_EQ(lines("starts").size(), 1U);
        const bool clean = end == "0" || end == "42" || end == "TERM";
        EXPECT_EQ(state("state"), clean ? "dead" : "failed");
        EXPECT_EQ(state("result"), clean ? "success" : code ? "exit-code" : "signal");
        EXPECT_FALSE(exists(runtime("pid")));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RestartTableTest,
    ::testing::Values(
        RestartCase{"no", "0", false}, RestartCase{"no", "1", false},
        RestartCase{"no", "KILL", false}, RestartCase{"always", "0", true},
        RestartCase{"always", "1", true}, RestartCase{"always", "42", true},
        RestartCase{"always", "TERM", true}, RestartCase{"always", "KILL", true},
        RestartCase{"on-success", "0", true}, RestartCase{"on-success", "1", false},
        RestartCase{"on-success", "42", true}, RestartCase{"on-success", "TERM", true},
        RestartCase{"on-success", "KILL", false}, RestartCase{"on-failure", "0", false},
        RestartCase{"on-failure", "1", true}, RestartCase{"on-failure", "42", false},
        RestartCase{"on-failure", "TERM", false}, RestartCase{"on-failure", "KILL", true},
        RestartCase{"on-abnormal", "0", false}, RestartCase{"on-abnormal", "1", false},
        RestartCase{"on-abnormal", "TERM", false}, RestartCase{"on-abnormal", "SEGV", true},
        RestartCase{"on-abort", "0", false}, RestartCase{"on-abort", "1", false},
        RestartCase{"on-abort", "TERM", false}, RestartCase{"on-abort", "KILL", true},
        RestartCase{"on-watchdog", "1", false}, RestartCase{"on-watchdog", "KILL", false}));

class RestartTest : public ProcessTest {
protected:
    const std::string always = "restart = \"always\"\nrestart-sec = 0\n";

    /// A stop of a service whose launcher was killed either ends it or says what still runs.
    void end_orphan(pid_t main) {
        const Outcome stopping = stop();
        if (stopping.code == 0) {
            EXPECT_FALSE(is_alive(main)) << stopping.out;
            return;
        }
        EXPECT_EQ(stopping.code, 1);
        EXPECT_NE(stopping.err.find(" " + std::to_string(main) + " "), std::string::npos)
            << stopping.err;
        send_signal(main, SIGKILL);
        EXPECT_TRUE(await_gone(main));
    }
};

TEST_F(RestartTest, NewProcessUnderTheSameLauncher) {
    configure(service("notify", {"--append", path("starts"), "--notify"}) + always +
              "[launcher]\nservice-pid-file = " + quoted(path("service.pid")) + "\n");
    const pid_t pid = started();
    const pid_t first = main_pid();
    send_signal(first, SIGKILL);
    ASSERT_TRUE(await_field("restarts", "1"));
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(launcher(), pid);
    EXPECT_NE(main_pid(), first);
    EXPECT_EQ(read_file(runtime("pid")), std::to_string(pid) + "\n");
    EXPECT_EQ(read("service.pid"), std::to_string(main_pid()) + "\n");
    EXPECT_EQ(state("main.start-time"), std::to_string(stat_of(main_pid())->start_time));
    stopped();
    EXPECT_EQ(lines("starts").size(), 2U);
}

// The rest of the old tree goes before the new one comes: no two copies on one port.
TEST_F(RestartTest, OldTreeIsGoneBeforeTheNewOneStarts) {
    configure(service("notify",
                      {"--append", path("starts"), "--if-exists", path("old"), "{", "--notify",
                       "--await", path("never"), "}", "--child-session", "{", "--ignore", "TERM",
                       "--append", path("old"), "}", "--await", path("old"), "--notify"}) +
              always + "timeout-stop-sec = \"100ms\"\n");
    started();
    const pid_t old = std::atoi(lines("old").at(0).c_str());
    ASSERT_TRUE(is_alive(old));
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("starts", 2));
    EXPECT_FALSE(is_alive(old));
    ASSERT_TRUE(await_state("running"));
    stopped();
}

TEST_F(RestartTest, DelayIsAState) {
    configure(service("notify", {"--notify"}) + "restart = \"always\"\nrestart-sec = \"1h\"\n");
    const pid_t pid = started();
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_state("auto-restart"));
    EXPECT_EQ(main_pid(), 0);
    EXPECT_TRUE(is_alive(pid));
    EXPECT_EQ(status().code, 3);
    // P48: a stop beats the pending restart, at once.
    const Outcome stopping = stop();
    EXPECT_EQ(stopping.code, 0) << stopping.err;
    EXPECT_FALSE(is_alive(pid));
    EXPECT_FALSE(exists(runtime("pid")));
}

TEST_F(RestartTest, DelayIsKept) {
    configure(service("notify", {"--append", path("starts"), "--notify"}) +
              "restart = \"always\"\nrestart-sec = \"150ms\"\n");
    started();
    const auto killed = std::chrono::steady_clock::now();
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("starts", 2));
    EXPECT_GE(std::chrono::steady_clock::now() - killed, std::chrono::milliseconds(150));
    ASSERT_TRUE(await_state("running"));
    stopped();
}

// P48: the main process dies while the stop is on its way.
TEST_F(RestartTest, StopBeatsADeathAtTheSameTime) {
    for (int round = 0; round < 10; ++round) {
        configure(service("notify", {"--notify"}) + always);
        const pid_t pid = started();
        const pid_t main = main_pid();
        Program& command = spawn_amphid({"stop", config()});
        ::kill(main, SIGKILL); // which may come too late
        EXPECT_EQ(finish(command).code, 0) << command.error;
        EXPECT_FALSE(is_alive(pid));
        EXPECT_FALSE(exists(runtime("pid")));
    }
}

TEST_F(RestartTest, StartLimitGivesUpAndSaysSo) {
    configure(service("exec", {"--append", path("starts"), "--exit", "1"}) +
              "restart = \"on-failure\"\nrestart-sec = 0\nstart-limit-burst = 3\n"
              "start-limit-interval-sec = \"1h\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    ASSERT_TRUE(await_field("result", "start-limit-hit"));
    ASSERT_TRUE(await_gone(launcher()));
    EXPECT_EQ(state("state"), "failed");
    EXPECT_EQ(lines("starts").size(), 3U);
    EXPECT_FALSE(exists(runtime("pid")));
    ASSERT_TRUE(await("the launcher's exit code", [&] { return end_of(launcher()).has_value(); }));
    EXPECT_NE(end_of(launcher()), 0) << "giving up is no success";
    EXPECT_EQ(status().code, 3);
}

TEST_F(RestartTest, StartLimitCanBeSwitchedOff) {
    configure(service("exec", {"--exit-first", path("starts"), "12", "1"}) +
              "restart = \"on-failure\"\nrestart-sec = 0\nstart-limit-burst = 0\n");
    start();
    ASSERT_TRUE(await_lines("starts", 13));
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(state("restarts"), "12");
    stopped();
}

TEST_F(RestartTest, CrashThatIsNotAnsweredEndsTheLauncherWithAFailure) {
    configure(service("notify", {"--notify"}));
    const pid_t pid = started();
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await("the launcher's exit code", [&] { return end_of(pid).has_value(); }));
    EXPECT_NE(end_of(pid), 0);
    EXPECT_EQ(state("state"), "failed");
    EXPECT_EQ(state("result"), "signal");
    EXPECT_EQ(state("exit.kind"), "killed");
    EXPECT_EQ(state("exit.status"), "9");
    EXPECT_FALSE(exists(runtime("pid")));
}

TEST_F(RestartTest, ReadinessIsAwaitedAgain) {
    configure(service("notify", {"--append", path("starts"), "--if-exists", path("first"), "{",
                                 "--notify-after", path("go"), "--await", path("never"), "}",
                                 "--ready-file", path("first"), "--notify"}) +
              always);
    started();
    const std::string ready = state("ready-usec");
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("starts", 2));
    ASSERT_TRUE(await_state("start"));
    EXPECT_EQ(status().code, 3);
    write("go", "");
    ASSERT_TRUE(await_state("running"));
    EXPECT_NE(state("ready-usec"), ready);
    stopped();
}

// M11: after kill -9 of the supervisor a start must never make a second copy.
TEST_F(RestartTest, KilledLauncherDoesNotMakeTwoCopies) {
    configure(service("notify", {"--append", path("starts"), "--notify"}) + always);
    const pid_t pid = started();
    const pid_t main = main_pid();
    send_signal(pid, SIGKILL);
    ASSERT_TRUE(await_gone(pid));
    const Outcome again = start();
    const std::size_t copies = lines("starts").size();
    EXPECT_TRUE(copies == 1 || !is_alive(main)) << again.out << again.err;
    end_orphan(main);
}

TEST_F(RestartTest, StopOfAServiceWhoseLauncherWasKilledIsHonest) {
    configure(service("notify", {"--notify"}));
    const pid_t pid = started();
    const pid_t main = main_pid();
    send_signal(pid, SIGKILL);
    ASSERT_TRUE(await_gone(pid));
    end_orphan(main);
    EXPECT_EQ(stop().code, 0) << "nothing runs any more";
    EXPECT_FALSE(exists(runtime("pid")));
}

// design.md section 3: the service's end of our pipe is open for reading too, so that it outlives
// the launcher without a SIGPIPE.
TEST_F(RestartTest, ServiceOutlivesItsLauncherWithoutSigpipe) {
    configure(service("notify", {"--on", "USR1", "{", "--stderr", "still here", "--append",
                                 path("wrote"), "}", "--notify"}));
    const pid_t pid = started();
    const pid_t main = main_pid();
    send_signal(pid, SIGKILL);
    ASSERT_TRUE(await_gone(pid));
    send_signal(main, SIGUSR1);
    ASSERT_TRUE(await_lines("wrote", 1));
    EXPECT_TRUE(is_alive(main));
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await_gone(main));
    // Nothing runs any more, and a new start finds nothing in its way.
    EXPECT_NE(status().code, 0);
    started();
    stopped();
}

} // namespace amphid::test
