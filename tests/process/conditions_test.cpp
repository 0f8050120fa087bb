// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Every condition of [ready] on top of every type, in both lifecycles; what a timeout says of it,
// and what happens when the service ends instead.

#include "fixture.h"
#include "helper/file.h"
#include "ports.h"

#include <algorithm>
#include <csignal>
#include <tuple>
#include <unistd.h>

namespace amphid::test {

namespace {

/// How a service of a type is told to make a condition hold.
struct Asked {
    std::string text; // "fd 5"
    std::string toml; // the line of [ready]
    Words steps;      // that make it hold
};

} // namespace

class AnyConditionTest : public ProcessTest {
protected:
    Asked asked(const std::string& condition) const {
        const std::string port = free_port();
        const std::string file = path("there");
        if (condition == "listen")
            return {"listen tcp:" + port, "listen = \"tcp:" + port + "\"", {"--listen", port}};
        if (condition == "connect")
            return {"connect tcp:" + port, "connect = \"tcp:" + port + "\"", {"--listen", port}};
        if (condition == "http")
            return {"http http://127.0.0.1:" + port + "/",
                    "http = \"http://127.0.0.1:" + port + "/\"",
                    {"--answer", port, "200 OK"}};
        if (condition == "command")
            return {"command /bin/sh",
                    "command = " + shell("test -e " + file) + "\ninterval-sec = 0.02",
                    {"--ready-file", file}};
        if (condition == "log")
            return {"log /^now$/", "log = \"^now$\"", {"--stdout", "now"}};
        if (condition == "fd")
            return {"fd 5", "fd = 5", {"--newline", "5"}};
        return {"file " + file, "file = " + quoted(file), {"--ready-file", file}};
    }

    /// A service that has done what its type asks for, and goes on with these steps.
    std::string typed(const std::string& type, const Words& steps) const {
        Words all{"--child-orphan", "{"};
        if (type.starts_with("notify")) {
            all = {"--notify"};
            all.insert(all.end(), steps.begin(), steps.end());
            return service(type, all);
        }
        if (type == "exec")
            return service(type, steps);
        if (type == "oneshot") {
            all.insert(all.end(), steps.begin(), steps.end());
            all.insert(all.end(), {"}", "--exit", "0"});
            return service(type, all) + "remain-after-exit = true\n";
        }
        const bool has_file = type == "forking with a pid file";
        all.insert(all.end(), {"--ready-file", path("daemon")});
        all.insert(all.end(), steps.begin(), steps.end());
        all.insert(all.end(), {"}", "--await", path("daemon"), "--exit", "0"});
        return service("forking", all) +
               (has_file ? "pid-file = " + quoted(path("daemon")) + "\n" : "");
    }

    bool await_waiting(const std::string& text) {
        return await("waiting for " + text,
                     [&] { return state("waiting-for").find(text) != std::string::npos; });
    }
};

class ConditionTest
    : public AnyConditionTest,
      public ::testing::WithParamInterface<std::tuple<const char*, const char*, const char*>> {};

TEST_P(ConditionTest, ComesOnTopOfTheType) {
    const std::string type = std::get<0>(GetParam());
    const bool by_systemd = std::get<2>(GetParam()) == std::string("foreground");
    const Asked one = asked(std::get<1>(GetParam()));
    Words steps{"--await", path("go")};
    steps.insert(steps.end(), one.steps.begin(), one.steps.end());
    configure(typed(type, steps) + "[ready]\n" + one.toml + "\n");
    Program& command = spawn_amphid({"start", config()}, {.by_systemd = by_systemd});
    ASSERT_TRUE(await_waiting(one.text));
    EXPECT_EQ(state("state"), "start");
    EXPECT_EQ(status().code, 3);
    EXPECT_FALSE(command.status);
    if (by_systemd) {
        ASSERT_TRUE(await("systemd to be told what is awaited", [&] {
            const std::string words = "STATUS=Starting: waiting for " + one.text;
            return std::any_of(messages().begin(), messages().end(), [&](const Datagram& message) {
                return message.text.starts_with(words);
            });
        }));
        EXPECT_EQ(count_messages("READY=1"), 0U);
    }
    write("go", "");
    if (by_systemd) {
        ASSERT_TRUE(await_message("READY=1")) << command.error;
    } else {
        EXPECT_EQ(finish(command).code, 0) << command.error;
    }
    EXPECT_EQ(state("state"), type == "oneshot" ? "exited" : "running");
    EXPECT_EQ(state("waiting-for"), "");
    EXPECT_TRUE(state("met").starts_with(one.text)) << state("met");
    EXPECT_EQ(status().code, 0);
    if (by_systemd) {
        send_signal(command.pid, SIGTERM);
        finish(command);
        expect_nobody_left();
    } else {
        stopped();
    }
}

INSTANTIATE_TEST_SUITE_P(All, ConditionTest,
                         ::testing::Combine(::testing::Values("exec", "notify", "notify-reload",
                                                              "forking", "forking with a pid file",
                                                              "oneshot"),
                                            ::testing::Values("listen", "connect", "http", "file",
                                                              "command", "log", "fd"),
                                            ::testing::Values("daemon", "foreground")),
                         [](const auto& one) {
                             std::string name = std::string(std::get<0>(one.param)) + "_" +
                                                std::get<1>(one.param) + "_" +
                                                std::get<2>(one.param);
                             for (char& c : name)
                                 if (c == '-' || c == ' ')
                                     c = '_';
                             return name;
                         });

// The others are told apart by what they wait for; this one waits by itself.
class DelayTest : public AnyConditionTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(DelayTest, IsMetByASurvivor) {
    configure(typed(GetParam(), {}) + "[ready]\ndelay-sec = \"30ms\"\n");
    EXPECT_EQ(start().code, 0);
    EXPECT_EQ(state("met"), "delay-sec 30ms");
    stopped();
}

TEST_P(DelayTest, AStopDoesNotWaitForIt) {
    configure(typed(GetParam(), {}) + "timeout-start-sec = \"2h\"\n[ready]\ndelay-sec = \"1h\"\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_waiting("delay-sec 1h"));
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(finish(command).code, 1);
    expect_words(command.error, "stopped before it was ready");
    expect_nobody_left();
}

TEST_P(DelayTest, ATimeoutNamesWhatIsUnmetOnly) {
    const Asked never = asked("fd");
    configure(typed(GetParam(), {}) + "timeout-start-sec = 0.3\n[ready]\n" + never.toml +
              "\nfile = " + quoted(runtime("state")) + "\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "(result 'timeout')");
    expect_words(outcome.err, ": fd 5 (");
    EXPECT_EQ(outcome.err.find("file "), std::string::npos) << outcome.err;
    EXPECT_EQ(state("result"), "timeout");
    expect_nobody_left();
}

INSTANTIATE_TEST_SUITE_P(All, DelayTest,
                         ::testing::Values("exec", "notify", "notify-reload", "forking",
                                           "forking with a pid file", "oneshot"),
                         [](const auto& one) {
                             std::string name = one.param;
                             for (char& c : name)
                                 if (c == '-' || c == ' ')
                                     c = '_';
                             return name;
                         });

class UnmetConditionTest : public AnyConditionTest {};

TEST_F(UnmetConditionTest, ATimeoutSaysOfEachWhatIsMissing) {
    const std::string port = free_port();
    const std::string place = "tcp:127.0.0.1:" + port;
    const std::string url = "http://127.0.0.1:" + port + "/";
    configure(service("exec", {"--stdout", "something else"}) +
              "timeout-start-sec = 1.5\n[ready]\nlisten = " + quoted(place) + "\nconnect = " +
              quoted(place) + "\nhttp = " + quoted(url) + "\nfile = " + quoted(path("there")) +
              "\ncommand = " + shell("exit 3") + "\nlog = \"^now$\"\nfd = 5\ndelay-sec = 0.4\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    for (const std::string& words :
         {"listen " + place + " (nothing listens)", "connect " + place + " (Connection refused)",
          "http " + url + " (Connection refused)",
          "file " + path("there") + " (No such file or directory)",
          std::string("command /bin/sh ("), std::string("log /^now$/ (no such line yet)"),
          std::string("fd 5 (no newline yet)")})
        expect_words(outcome.err, words);
    expect_words(state("failure"), "(result 'timeout'): listen ");
    expect_nobody_left();
}

TEST_F(UnmetConditionTest, ATimeoutOfAnyNamesTheChoice) {
    configure(service("exec", {}) + "timeout-start-sec = 0.3\n[ready]\nmatch = \"any\"\nfd = 5\n"
                                    "log = \"^now$\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "log /^now$/ (no such line yet) or fd 5 (no newline yet)");
}

TEST_F(UnmetConditionTest, AClosedDescriptorIsSaid) {
    configure(service("exec", {"--close", "5"}) + "[ready]\nfd = 5\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_field("waiting-for", "fd 5 (closed without a newline)"));
    EXPECT_EQ(stop().code, 0);
    finish(command);
}

// The time to start is an hour: what can be told at once is told at once.
TEST_F(UnmetConditionTest, DeathWhileWaitingIsToldAtOnce) {
    for (const std::string type :
         {"exec", "notify", "notify-reload", "forking", "forking with a pid file"}) {
        for (const bool by_systemd : {false, true}) {
            for (const std::string file : {"go", "daemon"})
                ::unlink(path(file).c_str());
            configure(
                typed(type, {"--await", path("go"), "--stderr", "cannot bind", "--exit", "7"}) +
                "timeout-start-sec = \"1h\"\n[ready]\nfd = 5\n");
            Program& command = spawn_amphid({"start", config()}, {.by_systemd = by_systemd});
            ASSERT_TRUE(await_waiting("fd 5 (no newline yet)")) << type;
            write("go", "");
            const Outcome outcome = finish(command);
            // systemd sees by itself that there was no READY=1.
            EXPECT_TRUE(outcome.code != 0 || by_systemd) << type;
            EXPECT_EQ(state("state"), "failed") << type;
            expect_words(outcome.err, "failed to start: ");
            expect_words(outcome.err, "cannot bind");
            EXPECT_EQ(count_messages("READY=1"), 0U);
            expect_nobody_left();
        }
    }
}

// The conditions are asked once its commands have ended; what they left is the service by then.
TEST_F(UnmetConditionTest, OfAOneshotAreAskedAfterItsEnd) {
    configure(service("oneshot",
                      {"--stdout", "now", "--await", path("go"), "--newline", "5", "--exit", "0"}) +
              "[ready]\nlog = \"^now$\"\nfd = 5\nfile = " + quoted(path("there")) + "\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_field("waiting-for", "the end of exec-start"));
    EXPECT_EQ(state("met"), "");
    write("go", "");
    ASSERT_TRUE(await_waiting("file " + path("there")));
    EXPECT_EQ(state("met"), "log /^now$/, fd 5");
    EXPECT_FALSE(command.status);
    write("there", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    ASSERT_TRUE(await_state("dead"));
    EXPECT_EQ(state("result"), "success");
}

TEST_F(UnmetConditionTest, AOneshotThatFailsIsNotAsked) {
    configure(service("oneshot", {"--exit", "3"}) + "[ready]\nfile = " + quoted(config()) + "\n");
    EXPECT_EQ(start().code, 1);
    EXPECT_EQ(state("met"), "");
    EXPECT_EQ(state("result"), "exit-code");
}

TEST_F(UnmetConditionTest, ForkingFailsAtOnceWhenNobodyIsLeft) {
    for (const std::string type : {"forking", "forking with a pid file"}) {
        configure(service("forking", {"--exit", "0"}) +
                  (type == "forking" ? "" : "pid-file = " + quoted(path("daemon")) + "\n") +
                  "timeout-start-sec = \"1h\"\n[ready]\nfile = " + quoted(path("there")) + "\n");
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 1) << type;
        expect_words(outcome.err, "(result 'protocol')");
    }
}

// A restart asks them again: what held for the last run tells nothing of this one.
TEST_F(UnmetConditionTest, AreAskedAgainAfterARestart) {
    configure(service("exec", {"--append", path("starts"), "--if-exists", path("again"), "{",
                               "--await",  path("go"),     "}",           "--newline",   "5",
                               "--await",  path("again"),  "--if-exists", path("go"),    "{",
                               "--await",  path("never"),  "}",           "--exit",      "1"}) +
              "restart = \"on-failure\"\nrestart-sec = 0\n[ready]\nfd = 5\n");
    started();
    write("again", "");
    ASSERT_TRUE(await_field("restarts", "1"));
    ASSERT_TRUE(await_waiting("fd 5 (no newline yet)"));
    EXPECT_EQ(state("state"), "start");
    EXPECT_EQ(state("met"), "");
    write("go", "");
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(state("met"), "fd 5");
    stopped();
}

} // namespace amphid::test
