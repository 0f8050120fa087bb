// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// [ready] on top of each type, and every kind of [health].

#include "helper/file.h"
#include "readiness.h"

#include <csignal>
#include <unistd.h>

namespace amphid::test {

class ReadinessTypesTest : public ReadinessTest {
protected:
    /// A start that waits in vain, and says for what.
    void expect_timeout(const std::string& toml, const std::string& words) {
        configure(toml);
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 1);
        expect_words(outcome.err, words);
        EXPECT_EQ(state("result"), "timeout");
        expect_nobody_left();
    }

    /// The parts of a service that is well as long as its child is there, which waits at the port.
    std::string with_child(const Words& child) {
        Words steps{"--remove", path("up"), "--child", "{"};
        steps.insert(steps.end(), {"--append", path("children")});
        steps.insert(steps.end(), child.begin(), child.end());
        steps.insert(steps.end(), {"}", "--await", path("up"), "--notify"});
        return service("notify", steps) +
               "restart = \"on-failure\"\nrestart-sec = 0\nwatchdog-signal = \"SIGTERM\"\n";
    }

    /// Well, then ill without its child, then started again and well.
    void expect_restart_without_child(const Words& child, const std::string& health) {
        configure(with_child(child) + "[health]\n" + health +
                  "\ninterval-sec = 0.05\nfailures = 2\n");
        started();
        send_signal(std::atoi(lines("children").back().c_str()), SIGKILL);
        ASSERT_TRUE(await_field("restarts", "1"));
        ASSERT_TRUE(await_state("running"));
        EXPECT_EQ(lines("children").size(), 2U);
        EXPECT_EQ(state("ailment"), "");
        stopped();
    }
};

TEST_F(ReadinessTypesTest, Forking) {
    const std::string port = free_port();
    configure(service("forking", {"--child-orphan", "{", "--await", path("go"), "--listen", port,
                                  "}", "--exit", "0"}) +
              "[ready]\nlisten = \"tcp:" + port + "\"\n");
    expect_ready_after_go("listen tcp:" + port);
}

TEST_F(ReadinessTypesTest, ForkingWithPidFile) {
    const std::string port = free_port();
    configure(service("forking", {"--child-orphan", "{", "--ready-file", path("pid"), "--await",
                                  path("go"), "--listen", port, "}", "--exit", "0"}) +
              "pid-file = " + quoted(path("pid")) + "\n[ready]\nconnect = \"tcp:" + port + "\"\n");
    expect_ready_after_go("connect tcp:" + port);
}

TEST_F(ReadinessTypesTest, ForkingThatDiesMeanwhile) {
    configure(service("forking", {"--child-orphan", "{", "--await", path("go"), "--exit", "3", "}",
                                  "--exit", "0"}) +
              "[ready]\nfile = " + quoted(path("never")) + "\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await("the condition", [&] {
        return state("waiting-for").find("file " + path("never")) != std::string::npos;
    }));
    write("go", "");
    EXPECT_EQ(finish(command).code, 1) << "at once, not after the timeout";
    expect_nobody_left();
}

TEST_F(ReadinessTypesTest, OneshotThatRemains) {
    configure(service("oneshot", {"--ready-file", path("made"), "--exit", "0"}) +
              "remain-after-exit = true\n[ready]\nfile = " + quoted(path("made")) + "\n");
    EXPECT_EQ(start().code, 0);
    EXPECT_EQ(state("state"), "exited");
    EXPECT_NE(state("met").find("file " + path("made")), std::string::npos);
    stopped();
}

TEST_F(ReadinessTypesTest, OneshotWhoseConditionDoesNotHold) {
    expect_timeout(service("oneshot", {"--exit", "0"}) +
                       "remain-after-exit = true\ntimeout-start-sec = 0.3\n[ready]\nfile = " +
                       quoted(path("never")) + "\n",
                   "file " + path("never"));
}

TEST_F(ReadinessTypesTest, NotifyReload) {
    configure(
        service("notify-reload", {"--on", "HUP", "{", "--reloading", "--notify", "}", "--await",
                                  path("go"), "--ready-file", path("there"), "--notify"}) +
        "[ready]\nfile = " + quoted(path("there")) + "\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_state("start"));
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    EXPECT_EQ(amphid({"reload", config()}).code, 0);
    EXPECT_NE(state("met").find("file"), std::string::npos);
    stopped();
}

TEST_F(ReadinessTypesTest, ATimeoutNamesEveryConditionThatDoesNotHold) {
    const std::string port = free_port();
    for (const std::string type : {"simple", "exec"})
        expect_timeout(service(type, {}) + "timeout-start-sec = 0.3\n[ready]\nlisten = \"tcp:" +
                           port + "\"\nfile = [\"/\", " + quoted(path("never")) + "]\n",
                       "listen tcp:" + port + " (nobody listens)");
    EXPECT_NE(state("failure").find("file " + path("never")), std::string::npos);
    EXPECT_EQ(state("failure").find("file /,"), std::string::npos) << "it holds";
}

// One number cannot be two descriptors.
TEST_F(ReadinessTypesTest, AReadyFdThatTheManagerGivesIsRefused) {
    const Words by_shell{"/bin/sh", "-c",
                         "export LISTEN_PID=$$ LISTEN_FDS=2; exec \"$@\" 3</dev/null 4</dev/null",
                         "sh"};
    configure(exec({}) + "[ready]\nfd = 4\n");
    const Outcome outcome = amphid({"run", config()}, {.command = by_shell});
    EXPECT_EQ(outcome.code, 6);
    expect_words(outcome.err, "[ready] fd = 4 is one of the descriptors that the manager gives the "
                              "service, 3 to 4: take another number");
    configure(exec({"--newline", "5"}) + "[ready]\nfd = 5\n");
    Program& unit = spawn_amphid({"run", config()}, {.command = by_shell});
    ASSERT_TRUE(await_state("running"));
    send_signal(unit.pid, SIGTERM);
    finish(unit);
}

TEST_F(ReadinessTypesTest, HealthByListen) {
    const std::string port = free_port();
    expect_restart_without_child({"--listen", port, "--ready-file", path("up")},
                                 "listen = \"tcp:" + port + "\"");
}

TEST_F(ReadinessTypesTest, HealthByConnect) {
    const std::string port = free_port();
    expect_restart_without_child({"--listen", port, "--ready-file", path("up")},
                                 "connect = \"tcp:" + port + "\"");
}

TEST_F(ReadinessTypesTest, HealthByHttp) {
    const std::string port = free_port();
    expect_restart_without_child({"--answer-when", path("up"), port, "200 OK"},
                                 "http = \"http://127.0.0.1:" + port + "/\"");
}

// Fewer failures in a row than it takes.
TEST_F(ReadinessTypesTest, AHealthThatRecoversIsNoFailure) {
    const std::string script = "echo x >> " + path("checks") + "; test ! -e " + path("sick") +
                               " || { rm " + path("sick") + "; exit 1; }";
    configure(service("exec", {}) + "[health]\ncommand = " + shell(script) +
              "\ninterval-sec = 0.02\nfailures = 2\n");
    started();
    for (int i = 0; i < 3; ++i) {
        write("sick", "");
        ASSERT_TRUE(
            await("the failed check", [&] { return read_file(path("sick")) == std::nullopt; }));
        const std::size_t checks = lines("checks").size();
        ASSERT_TRUE(await_lines("checks", checks + 2));
    }
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(state("restarts"), "0");
    stopped();
}

} // namespace amphid::test
