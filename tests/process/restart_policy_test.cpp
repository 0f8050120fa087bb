// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Whether, when and how often a service is started again; a stop beats it all.

#include "fixture.h"
#include "helper/file.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sstream>

namespace amphid::test {

class RestartPolicyTest : public ProcessTest {
protected:
    static constexpr double millisecond = 1000;

    /// A span as amphid prints it, in microseconds.
    static double microseconds(const std::string& text) {
        std::istringstream words(text);
        double sum = 0;
        double number = 0;
        std::string unit;
        while (words >> number >> unit)
            sum += number * (unit == "us" ? 1 : unit == "ms" ? 1e3 : unit == "s" ? 1e6 : 6e7);
        return sum;
    }

    /// The delays that a launcher in the foreground has announced.
    static std::vector<double> delays(const std::string& log) {
        const std::string before = "restarting in ";
        std::vector<double> found;
        std::istringstream text(log);
        for (std::string line; std::getline(text, line);)
            if (const auto at = line.find(before); at != std::string::npos)
                found.push_back(microseconds(line.substr(at + before.size())));
        return found;
    }

    const std::string growing = "restart = \"on-failure\"\nrestart-sec = \"10ms\"\n"
                                "restart-steps = 4\nrestart-max-delay-sec = \"160ms\"\n"
                                "start-limit-burst = 0\nstart-limit-interval-sec = 0\n";

    void end(Program& run) {
        send_signal(run.pid, SIGTERM);
        finish(run);
    }
};

TEST_F(RestartPolicyTest, DelaysGrowToTheGreatest) {
    configure(service("exec", {"--exit-first", path("starts"), "7", "1", "--exit-on", "TERM:0",
                               "--append", path("up")}) +
              growing);
    Program& run = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_lines("up", 1));
    const std::vector<double> took = delays(run.error);
    ASSERT_EQ(took.size(), 7U) << run.error;
    // Equal factors: the greatest is 16 times the first, in four steps; a tenth is chance.
    const double expected[] = {10, 20, 40, 80, 160, 160, 160};
    for (std::size_t i = 0; i < took.size(); ++i) {
        EXPECT_GE(took[i], expected[i] * millisecond * 0.99) << "restart " << i;
        EXPECT_LE(took[i], std::min(expected[i] * 1.11, 160.0) * millisecond) << "restart " << i;
    }
    EXPECT_EQ(state("restarts"), "7");
    end(run);
}

TEST_F(RestartPolicyTest, DelaysAreKept) {
    configure(service("exec", {"--exit-first", path("starts"), "5", "1", "--exit-on", "TERM:0",
                               "--append", path("up")}) +
              growing);
    const auto began = std::chrono::steady_clock::now();
    Program& run = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_lines("up", 1));
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(310));
    end(run);
}

// A service that was up for longer than the greatest delay is a healthy one.
TEST_F(RestartPolicyTest, HealthyTimeBeginsAnew) {
    configure(service("exec", {"--exit-first", path("starts"), "3", "1", "--exit-on", "TERM:0",
                               "--append", path("up")}) +
              growing);
    Program& run = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_lines("up", 1));
    const auto healthy = std::chrono::steady_clock::now() + std::chrono::milliseconds(170);
    ASSERT_TRUE(await("the healthy time to pass",
                      [&] { return std::chrono::steady_clock::now() > healthy; }));
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("up", 2));
    const std::vector<double> took = delays(run.error);
    ASSERT_EQ(took.size(), 4U) << run.error;
    EXPECT_GE(took[2], 39 * millisecond);
    EXPECT_LE(took[3], 11 * millisecond) << "restart-sec again";
    end(run);
}

TEST_F(RestartPolicyTest, WithoutStepsTheDelayStays) {
    configure(service("exec", {"--exit-first", path("starts"), "3", "1", "--exit-on", "TERM:0",
                               "--append", path("up")}) +
              "restart = \"always\"\nrestart-sec = \"5ms\"\n");
    Program& run = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_lines("up", 1));
    EXPECT_EQ(delays(run.error), (std::vector<double>{5000, 5000, 5000})) << run.error;
    end(run);
}

struct StatusCase {
    const char* restart;
    const char* end; // exit code or signal
    bool again;
};

class RestartStatusTest : public RestartPolicyTest,
                          public ::testing::WithParamInterface<StatusCase> {};

// 7 and USR1 prevent, 8 and USR2 force, 9 is in both lists.
TEST_P(RestartStatusTest, Decides) {
    const StatusCase& expected = GetParam();
    const bool code = std::atoi(expected.end) > 0;
    configure(service("notify",
                      {"--append", path("starts"), "--if-exists", path("again"), "{", "--notify",
                       "--await", path("never"), "}", "--ready-file", path("again"), "--notify",
                       "--await", path("go"), code ? "--exit" : "--die", expected.end}) +
              "restart = " + quoted(expected.restart) +
              "\nrestart-sec = 0\nrestart-prevent-exit-status = [7, 9, \"SIGUSR1\"]\n"
              "restart-force-exit-status = [8, 9, \"SIGUSR2\"]\n");
    const pid_t pid = started();
    write("go", "");
    if (expected.again) {
        ASSERT_TRUE(await_lines("starts", 2));
        ASSERT_TRUE(await_state("running"));
        EXPECT_EQ(state("restarts"), "1");
        stopped();
    } else {
        ASSERT_TRUE(await_gone(pid));
        EXPECT_EQ(lines("starts").size(), 1U);
        EXPECT_EQ(state("state"), "failed");
    }
}

INSTANTIATE_TEST_SUITE_P(
    Table, RestartStatusTest,
    ::testing::Values(StatusCase{"always", "6", true}, StatusCase{"always", "7", false},
                      StatusCase{"always", "9", false}, StatusCase{"always", "USR1", false},
                      StatusCase{"always", "KILL", true}, StatusCase{"no", "6", false},
                      StatusCase{"no", "8", true}, StatusCase{"no", "9", false},
                      StatusCase{"no", "USR2", true}, StatusCase{"on-failure", "8", true},
                      StatusCase{"on-failure", "7", false}, StatusCase{"on-abort", "8", true}));

class PendingRestartTest : public RestartPolicyTest {
protected:
    /// A service that has crashed and will be back in an hour.
    pid_t pending() {
        configure(service("notify", {"--append", path("starts"), "--notify"}) +
                  "restart = \"always\"\nrestart-sec = \"1h\"\n" +
                  hooks("exec-stop", {played({"--append", path("stop"), "--exit", "0"})}) +
                  hooks("exec-stop-post", {played({"--append", path("post"), "--exit", "0"})}));
        const pid_t pid = started();
        send_signal(main_pid(), SIGKILL);
        EXPECT_TRUE(await_state("auto-restart"));
        return pid;
    }

    void expect_end(pid_t launcher) {
        ASSERT_TRUE(await_gone(launcher));
        EXPECT_EQ(lines("starts").size(), 1U) << "started after its stop";
        EXPECT_EQ(lines("stop").size(), 0U) << "there was nothing to stop";
        EXPECT_EQ(lines("post").size(), 1U) << "once for each activation";
        EXPECT_FALSE(exists(runtime("pid")));
        EXPECT_EQ(status().code, 3);
        expect_nobody_left();
    }
};

TEST_F(PendingRestartTest, StopBeatsIt) {
    const pid_t pid = pending();
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(is_alive(pid)) << "stop has returned";
    expect_end(pid);
}

TEST_F(PendingRestartTest, SignalBeatsIt) {
    const pid_t pid = pending();
    send_signal(pid, SIGTERM);
    expect_end(pid);
}

TEST_F(PendingRestartTest, StatusIsHonest) {
    const pid_t pid = pending();
    EXPECT_EQ(status().code, 3);
    expect_words(status().out, "auto-restart");
    EXPECT_EQ(amphid({"reload", config()}).code, 1) << "there is nobody to reload";
    EXPECT_EQ(stop().code, 0);
    expect_end(pid);
}

TEST_F(PendingRestartTest, RestartCommandDoesNotWaitForIt) {
    pending();
    const Outcome outcome = amphid({"restart", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(lines("starts").size(), 2U);
    EXPECT_EQ(state("state"), "running");
    stopped();
}

TEST_F(PendingRestartTest, StopDuringTheHookBeforeItBeatsIt) {
    configure(service("notify", {"--append", path("starts"), "--notify"}) +
              "restart = \"always\"\nrestart-sec = 0\n" +
              hooks("exec-stop-post",
                    {played({"--append", path("post"), "--await", path("go"), "--exit", "0"})}));
    const pid_t pid = started();
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("post", 1));
    Program& command = spawn_amphid({"stop", config()});
    ASSERT_TRUE(await("the stop to be heard", [&] {
        return status_of(pid)["ShdPnd"] == "0000000000000000" && command.status == std::nullopt;
    }));
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_FALSE(is_alive(pid));
}

// A service that is down every few microseconds: the stop gets in.
TEST_F(PendingRestartTest, StopBeatsACrashLoop) {
    configure(service("exec", {"--append", path("starts"), "--exit", "1"}) +
              "restart = \"always\"\nrestart-sec = 0\nstart-limit-burst = 0\n");
    start();
    ASSERT_TRUE(await_lines("starts", 10));
    const pid_t pid = launcher();
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(is_alive(pid));
    const std::size_t count = lines("starts").size();
    expect_nobody_left();
    EXPECT_EQ(lines("starts").size(), count);
}

// Nor does it matter that no process ever comes of it.
TEST_F(PendingRestartTest, StopBeatsAStartThatIsRefusedAgainAndAgain) {
    configure(service("exec", {"--exit", "1"}) + "working-directory = " + quoted(path("none")) +
              "\nrestart = \"always\"\nrestart-sec = 0\nstart-limit-burst = 0\n");
    EXPECT_EQ(start().code, 1);
    ASSERT_TRUE(
        await("ten more tries", [&] { return std::atoi(state("restarts").c_str()) >= 10; }));
    const pid_t pid = launcher();
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(is_alive(pid));
    expect_nobody_left();
}

class StartLimitTest : public RestartPolicyTest {
protected:
    const std::string limit = "restart = \"on-failure\"\nrestart-sec = 0\nstart-limit-burst = 3\n"
                              "start-limit-interval-sec = \"1h\"\n";
};

TEST_F(StartLimitTest, ForegroundEndsWithTheServicesOwnCode) {
    configure(service("exec", {"--append", path("starts"), "--exit", "42"}) + limit);
    const Outcome outcome = amphid({"run", config()});
    EXPECT_EQ(outcome.code, 42) << outcome.err;
    EXPECT_EQ(lines("starts").size(), 3U);
    expect_words(outcome.err, "3 starts within 1h");
    expect_words(outcome.err, "exited with code 42 (result 'start-limit-hit')");
}

TEST_F(StartLimitTest, ForegroundEndsWithTheServicesOwnSignal) {
    configure(service("exec", {"--append", path("starts"), "--die", "KILL"}) + limit);
    const Outcome outcome = amphid({"run", config()});
    EXPECT_EQ(outcome.signal, SIGKILL) << outcome.err;
    EXPECT_EQ(lines("starts").size(), 3U);
}

TEST_F(StartLimitTest, GivingUpIsNoSuccess) {
    configure(service("exec", {"--append", path("starts"), "--exit", "0"}) +
              "restart = \"always\"\nrestart-sec = 0\nstart-limit-burst = 3\n"
              "start-limit-interval-sec = \"1h\"\n");
    const Outcome outcome = amphid({"run", config()});
    EXPECT_NE(outcome.code, 0);
    EXPECT_EQ(lines("starts").size(), 3U);
}

// systemd takes it, so do we.
TEST_F(StartLimitTest, ThatCanNeverTriggerIsAWarning) {
    configure(service("exec", {}) + "restart = \"always\"\nrestart-sec = \"10s\"\n"
                                    "start-limit-burst = 5\nstart-limit-interval-sec = \"30s\"\n");
    const Outcome outcome = amphid({"check", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(outcome.err, "warning: this start limit can never trigger");
}

TEST_F(StartLimitTest, StepsWithoutAnEndAreAnError) {
    configure(service("exec", {}) + "restart = \"always\"\nrestart-steps = 3\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 6);
    expect_words(outcome.err, "needs a restart-max-delay-sec above restart-sec");
}

// systemd.service(5), RuntimeMaxSec=: what has run long enough is stopped, and restart= says on.
TEST_F(RestartPolicyTest, AfterItsGreatestRuntime) {
    configure(service("exec", {"--append", path("starts")}) +
              "runtime-max-sec = \"300ms\"\nrestart = \"on-failure\"\nrestart-sec = 0\n"
              "start-limit-burst = 2\n");
    EXPECT_EQ(amphid({"start", config()}).code, 0);
    ASSERT_TRUE(await("the start limit", [&] { return state("state") == "failed"; }));
    EXPECT_EQ(lines("starts").size(), 2U);
    expect_words(status().out, "it ran longer than 300ms");
    expect_nobody_left();
}

} // namespace amphid::test
