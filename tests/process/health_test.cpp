// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// [health]: each kind of check passes, fails and passes again, in both lifecycles.

#include "fixture.h"
#include "helper/file.h"
#include "ports.h"

#include <csignal>

namespace amphid::test {

/// The parameter is the kind of the check.
class HealthTest : public ProcessTest, public ::testing::WithParamInterface<const char*> {
protected:
    void SetUp() override {
        ProcessTest::SetUp();
        port_ = free_port();
    }

    /// A service that is well until fall_ill(), with its check; `more` are keys of [service].
    std::string patient(const std::string& more, const std::string& health) {
        const std::string kind = GetParam();
        write("answer", "200 OK");
        Words steps{"--ready-file", path("runs")};
        if (kind == "http")
            steps = {"--child", "{", "--answer-from", port_, path("answer"), "}"};
        else if (kind != "command")
            steps = {"--socket",
                     "stream",
                     "127.0.0.1:" + port_,
                     "--on",
                     "USR1",
                     "{",
                     "--close-socket",
                     "}",
                     "--on",
                     "USR2",
                     "{",
                     "--socket",
                     "stream",
                     "127.0.0.1:" + port_,
                     "}"};
        // Ready when it can pass.
        const std::string ready =
            kind == "command" ? "file = " + quoted(path("runs")) : "connect = " + quoted(place());
        return service("exec", steps) + more + "[ready]\n" + ready + "\n[health]\n" + check() +
               "\ninterval-sec = 0.02\n" + health;
    }

    void fall_ill() {
        write("answer", "503 Sick");
        if (const std::string kind = GetParam(); kind == "connect" || kind == "listen")
            send_signal(main_pid(), SIGUSR1);
    }

    void get_well() {
        write("answer", "200 OK");
        if (const std::string kind = GetParam(); kind == "connect" || kind == "listen")
            send_signal(main_pid(), SIGUSR2);
    }

    /// What a failed check says.
    std::string ailment() const {
        const std::string kind = GetParam();
        return kind == "command"  ? "command /bin/sh (exited with code 1)"
               : kind == "http"   ? "http http://127.0.0.1:" + port_ + "/health (status 503)"
               : kind == "listen" ? "listen " + place() + " (nothing listens)"
                                  : "connect " + place() + " (Connection refused)";
    }

    Program& start_by_systemd() {
        return spawn_amphid({"start", config()},
                            {.environment = {{"WATCHDOG_USEC", "30000000"}}, .by_systemd = true});
    }

    bool await_signs(std::size_t count) {
        return await(std::to_string(count) + " signs of life",
                     [&] { return count_messages("WATCHDOG=1") >= count; });
    }

private:
    std::string place() const { return "tcp:127.0.0.1:" + port_; }

    std::string check() const {
        const std::string kind = GetParam();
        return kind == "command"
                   ? "command = " + shell("test \"$(cat " + path("answer") + ")\" = '200 OK'")
               : kind == "http" ? "http = " + quoted("http://127.0.0.1:" + port_ + "/health")
                                : kind + " = " + quoted(place());
    }

    std::string port_;
};

TEST_P(HealthTest, UnderAManagerPassesAndFailsAndPassesAgain) {
    configure(patient("", "failures = 1000000\n"));
    Program& command = start_by_systemd();
    ASSERT_TRUE(await_signs(2));
    fall_ill();
    ASSERT_TRUE(await("a failed check", [&] {
        return command.error.find("health: " + ailment()) != std::string::npos;
    }));
    EXPECT_EQ(state("state"), "running");
    get_well();
    // One may have passed before the last failure, and one is under way.
    ASSERT_TRUE(await_signs(count_messages("WATCHDOG=1") + 3));
    EXPECT_EQ(count_messages("WATCHDOG=trigger"), 0U);
    send_signal(command.pid, SIGTERM);
    finish(command);
    expect_nobody_left();
}

TEST_P(HealthTest, UnderAManagerItIsTheManagerWhoActs) {
    configure(patient("", "failures = 2\n"));
    Program& command = start_by_systemd();
    ASSERT_TRUE(await_signs(1));
    fall_ill();
    ASSERT_TRUE(await_message("WATCHDOG=trigger"));
    EXPECT_EQ(count_messages("STATUS=ill: " + ailment()), count_messages("WATCHDOG=trigger"));
    EXPECT_EQ(state("state"), "running");
    send_signal(command.pid, SIGTERM);
    finish(command);
    expect_nobody_left();
}

TEST_P(HealthTest, AloneItEndsWithTheResultOfAWatchdog) {
    configure(patient("watchdog-signal = \"SIGKILL\"\n", "failures = 2\n"));
    started();
    fall_ill();
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(state("result"), "watchdog");
    EXPECT_EQ(state("exit.kind"), "killed");
    EXPECT_EQ(state("exit.status"), std::to_string(SIGKILL));
    ASSERT_TRUE(await_gone(launcher()));
    expect_nobody_left();
}

TEST_P(HealthTest, AloneItIsStartedAgain) {
    configure(
        patient("watchdog-signal = \"SIGTERM\"\nrestart = \"on-watchdog\"\n"
                "restart-sec = 0\n" +
                    hooks("exec-stop-post", {shell("echo '200 OK' >" + path("cured") +
                                                   " && printf '200 OK' >" + path("answer"))}),
                "failures = 1\n"));
    started();
    fall_ill();
    ASSERT_TRUE(await_field("restarts", "1"));
    ASSERT_TRUE(await_state("running"));
    stopped();
}

INSTANTIATE_TEST_SUITE_P(All, HealthTest, ::testing::Values("command", "http", "connect", "listen"),
                         [](const auto& one) { return std::string(one.param); });

/// Where the check decides by itself when it fails.
class HealthCountTest : public ProcessTest {
protected:
    /// A check that fails in the rounds that these words of a shell's `case` name.
    std::string counted(const std::string& rounds) const {
        return "[health]\ncommand = " +
               shell("echo x >>" + path("rounds") + "; case $(wc -l <" + path("rounds") + ") in " +
                     rounds + ") exit 1;; esac") +
               "\ninterval-sec = 0.01\n";
    }
};

TEST_F(HealthCountTest, FewerThanFailuresInARowAreForgiven) {
    configure(service("exec", {}) + counted("1|3|4|6|7|9") + "failures = 3\n");
    started();
    ASSERT_TRUE(await_lines("rounds", 12));
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(state("restarts"), "0");
    stopped();
}

TEST_F(HealthCountTest, AsManyInARowAreNot) {
    configure(service("exec", {}) + "watchdog-signal = \"SIGKILL\"\n" + counted("2|4|5|6") +
              "failures = 3\n");
    EXPECT_EQ(start().code, 0); // it may have ended by now
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(state("result"), "watchdog");
    EXPECT_EQ(lines("rounds").size(), 6U);
}

TEST_F(HealthCountTest, AfterARestartTheyCountAnew) {
    configure(service("exec", {"--append", path("starts")}) +
              "watchdog-signal = \"SIGKILL\"\nrestart = \"on-watchdog\"\nrestart-sec = 0\n" +
              counted("1|2|3|4") + "failures = 2\n");
    EXPECT_EQ(start().code, 0); // it may have ended by now
    ASSERT_TRUE(await_lines("rounds", 8));
    EXPECT_EQ(lines("starts").size(), 3U);
    EXPECT_EQ(state("restarts"), "2");
    stopped();
}

TEST_F(HealthCountTest, ACheckThatDoesNotEndFails) {
    configure(service("exec", {}) + "watchdog-signal = \"SIGKILL\"\n[health]\ncommand = " +
              shell("echo $$ >>" + path("checks") + "; exec sleep 1000") +
              "\ninterval-sec = 0.01\ntimeout-sec = 0.1\nfailures = 2\n");
    EXPECT_EQ(start().code, 0); // it may have ended by now
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(state("result"), "watchdog");
    ASSERT_TRUE(await_gone(launcher()));
    expect_nobody_left();
}

TEST_F(HealthCountTest, AServerThatSaysNothingFails) {
    const std::string port = free_port();
    configure(service("exec", {"--listen", port}) +
              "watchdog-signal = \"SIGKILL\"\n[health]\n"
              "http = \"http://127.0.0.1:" +
              port + "/\"\ninterval-sec = 0.01\ntimeout-sec = 0.1\nfailures = 1\n");
    EXPECT_EQ(start().code, 0); // it may have ended by now
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(state("result"), "watchdog");
}

// A stranger who takes the port of a service that gave it up is not the service.
TEST_F(HealthCountTest, AStrangerOnThePortDoesNotKeepItWell) {
    const std::string port = free_port();
    configure(service("exec", {"--socket", "stream", "127.0.0.1:" + port, "--on", "USR1", "{",
                               "--close-socket", "--ready-file", path("closed"), "}"}) +
              "watchdog-signal = \"SIGKILL\"\n[ready]\nlisten = \"tcp:" + port +
              "\"\n[health]\nlisten = \"tcp:" + port +
              "\"\ninterval-sec = 0.02\nfailures = 1000000\n");
    Program& command = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_file("closed"));
    Program& stranger = spawn({{helper_binary(), "serve", "--listen", port}});
    const std::string words = "health: listen tcp:" + port + " (PID " +
                              std::to_string(stranger.pid) +
                              " (helper) listens, which does not belong to this service)";
    EXPECT_TRUE(await(words, [&] { return command.error.find(words) != std::string::npos; }));
    for (Program* one : {&command, &stranger}) {
        send_signal(one->pid, SIGTERM);
        finish(*one);
    }
}

TEST_F(HealthCountTest, NobodyAsksBeforeItIsReady) {
    configure(
        service("notify", {"--ready-file", path("runs"), "--notify-after", path("go")}) +
        "[health]\ncommand = " + shell("echo x >>" + path("rounds") + "; test -e " + path("go")) +
        "\ninterval-sec = 0.01\nfailures = 1\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_file("runs"));
    EXPECT_EQ(lines("rounds").size(), 0U);
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    ASSERT_TRUE(await_lines("rounds", 2)); // each of which passed
    EXPECT_EQ(state("state"), "running");
    stopped();
}

// A check that is under way when the stop begins would only tell of a service that is ending.
TEST_F(HealthCountTest, AStopPutsItToRest) {
    configure(service("exec", {"--on", "TERM", "{", "--await", path("go"), "--exit", "0", "}"}) +
              "[health]\ncommand = " +
              shell("trap '' TERM; echo $$ >>" + path("checks") + "; sleep 1000") +
              "\ninterval-sec = 0.01\ntimeout-sec = \"1h\"\nfailures = 1\n");
    started();
    ASSERT_TRUE(await_lines("checks", 1));
    Program& command = spawn_amphid({"stop", config()});
    ASSERT_TRUE(await_gone(std::atoi(lines("checks").at(0).c_str())));
    ASSERT_TRUE(await_state("stop-sigterm"));
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    EXPECT_EQ(state("result"), "success");
    EXPECT_EQ(lines("checks").size(), 1U);
}

// Each sign of life needs both: a check that passed and a ping of the service's own.
TEST_F(HealthCountTest, AManagerHearsOfLifeOnlyWithTheServicesPing) {
    configure(service("notify", {"--on", "USR1", "{", "--send", "WATCHDOG=1", "--barrier",
                                 "--append", path("pings"), "}", "--notify"}) +
              "watchdog-sec = 600\n" + counted("never"));
    Program& command = spawn_amphid(
        {"start", config()}, {.environment = {{"WATCHDOG_USEC", "30000000"}}, .by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    for (std::size_t ping = 1; ping <= 2; ++ping) {
        // Of these the last but one has passed: the next round begins after that.
        ASSERT_TRUE(await_lines("rounds", lines("rounds").size() + 3));
        EXPECT_EQ(count_messages("WATCHDOG=1"), ping - 1) << "without a ping";
        send_signal(main_pid(), SIGUSR1);
        ASSERT_TRUE(await("a sign of life", [&] { return count_messages("WATCHDOG=1") >= ping; }));
    }
    send_signal(command.pid, SIGTERM);
    finish(command);
}

TEST_F(HealthCountTest, AManagerHearsOfLifeOnlyWithAPassedCheck) {
    configure(service("notify", {"--on", "USR1", "{", "--send", "WATCHDOG=1", "--barrier",
                                 "--append", path("pings"), "}", "--notify"}) +
              "watchdog-sec = 600\n" + counted("*") + "failures = 1000000\n");
    Program& command = spawn_amphid(
        {"start", config()}, {.environment = {{"WATCHDOG_USEC", "30000000"}}, .by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    for (std::size_t ping = 1; ping <= 3; ++ping) {
        ASSERT_TRUE(await_lines("rounds", lines("rounds").size() + 2));
        send_signal(main_pid(), SIGUSR1);
        ASSERT_TRUE(await_lines("pings", ping));
    }
    EXPECT_EQ(count_messages("WATCHDOG=1"), 0U);
    send_signal(command.pid, SIGTERM);
    finish(command);
}

} // namespace amphid::test
