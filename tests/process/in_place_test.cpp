// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// `supervise = "never"`: the launcher becomes the service, nothing stays beside it, and the
// commands still know it by its files.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <unistd.h>

namespace amphid::test {

class InPlaceTest : public ProcessTest {
protected:
    static std::string in_place(const std::string& type, const Words& steps) {
        return "[launcher]\nsupervise = \"never\"\n" + service(type, steps);
    }

    /// Starts it as a daemon; its PID.
    pid_t started_in_place(const std::string& toml) {
        configure(toml);
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        expect_words(outcome.out, "not supervised");
        return main_pid();
    }
};

TEST_F(InPlaceTest, ADaemonHasNoLauncherAndItsPidFileNamesIt) {
    const pid_t main = started_in_place(in_place("exec", {"--append", path("starts")}));
    ASSERT_TRUE(await_lines("starts", 1));
    EXPECT_EQ(lines("starts")[0], std::to_string(main));
    EXPECT_EQ(launcher(), 0);
    EXPECT_EQ(state("supervised"), "false");
    EXPECT_EQ(read_file(runtime("pid")), std::to_string(main) + "\n");
    const Outcome outcome = status();
    EXPECT_EQ(outcome.code, 0) << outcome.out;
    expect_words(outcome.out, "not supervised (supervise = \"never\")");
    EXPECT_EQ(status({"--ready"}).code, 0);
    EXPECT_EQ(status({"--live"}).code, 0);
    stopped();
    EXPECT_FALSE(is_alive(main));
}

TEST_F(InPlaceTest, ASecondStartFindsItRunning) {
    const pid_t main = started_in_place(in_place("exec", {"--append", path("starts")}));
    const Outcome again = start();
    EXPECT_EQ(again.code, 0) << again.err;
    expect_words(again.out, "already running (PID " + std::to_string(main) + ")");
    const Outcome foreground = amphid({"run", config()});
    EXPECT_EQ(foreground.code, 1);
    expect_words(foreground.err, "already running");
    EXPECT_EQ(main_pid(), main);
    stopped();
    EXPECT_LE(lines("starts").size(), 1U);
}

TEST_F(InPlaceTest, StopRunsItsHooksAndEndsTheWholeTree) {
    const pid_t main =
        started_in_place(in_place("exec", {"--child-session", "{", "--append", path("kids"), "}"}) +
                         hooks("exec-stop", {shell("echo $MAINPID >> " + path("stops"))}));
    ASSERT_TRUE(await_lines("kids", 1));
    stopped();
    EXPECT_EQ(lines("stops"), std::vector<std::string>{std::to_string(main)});
    expect_nobody_left();
}

TEST_F(InPlaceTest, AfterItsDeathStatusSaysDeadAndAStartTidiesUp) {
    const pid_t main = started_in_place(in_place("exec", {"--append", path("starts")}));
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await_gone(main));
    EXPECT_EQ(status().code, 1); // LSB: dead, and its pid file exists
    const Outcome again = start();
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_NE(main_pid(), main);
    EXPECT_EQ(read_file(runtime("pid")), std::to_string(main_pid()) + "\n");
    EXPECT_EQ(amphid({"restart", config()}).code, 0);
    stopped();
}

TEST_F(InPlaceTest, AFailedStageIsReportedAndLeavesNothing) {
    configure(in_place("exec", {}) + "working-directory = \"" + path("missing") + "\"\n");
    const Outcome daemon = start();
    EXPECT_EQ(daemon.code, 1);
    expect_words(daemon.err, "CHDIR " + path("missing") + ": No such file or directory");
    EXPECT_FALSE(exists(runtime("pid")));
    EXPECT_EQ(state("state"), "failed");
    EXPECT_EQ(status().code, 3);
    const Outcome foreground = amphid({"run", config()});
    EXPECT_EQ(foreground.code, 200);
    expect_words(foreground.err, "CHDIR " + path("missing"));
    EXPECT_FALSE(exists(runtime("pid")));
    expect_nobody_left();
}

TEST_F(InPlaceTest, AFailureWithFewerRightsLeavesNothingEither) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs root";
    configure(in_place("exec", {}) + "user = \"nobody\"\nworking-directory = \"" + path("missing") +
              "\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "CHDIR " + path("missing"));
    EXPECT_EQ(state("state"), "failed");
    EXPECT_FALSE(exists(runtime("pid")));
}

TEST_F(InPlaceTest, InTheForegroundItIsTheProcessThatWasStarted) {
    configure(in_place("exec", {"--append", path("starts")}));
    Program& program = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_lines("starts", 1));
    EXPECT_EQ(lines("starts")[0], std::to_string(program.pid));
    EXPECT_EQ(main_pid(), program.pid);
    EXPECT_EQ(status().code, 0);
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(finish(program).signal, SIGTERM);
    EXPECT_FALSE(exists(runtime("pid")));
}

TEST_F(InPlaceTest, TheManagerIsToldBeforeItBecomesTheService) {
    configure(in_place("exec", {"--append", path("starts")}));
    Program& program = spawn_amphid({"run", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    ASSERT_TRUE(await_lines("starts", 1));
    EXPECT_EQ(lines("starts")[0], std::to_string(program.pid));
    send_signal(program.pid, SIGTERM);
    EXPECT_EQ(finish(program).signal, SIGTERM);
}

TEST_F(InPlaceTest, ANotifyingServiceTalksToTheManagerItself) {
    configure(in_place("notify", {"--append", path("starts"), "--notify"}));
    Program& program = spawn_amphid({"run", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_EQ(lines("starts").size(), 1U); // before that: it is not ours
    EXPECT_EQ(count_messages("READY=1"), 1U);
    send_signal(program.pid, SIGTERM);
    finish(program);
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 6);
    expect_words(outcome.err, "type 'notify' needs a manager");
}

TEST_F(InPlaceTest, ReloadSendsTheSignalUnlessThatWouldKillIt) {
    const pid_t main = started_in_place(in_place("exec", {"--append", path("starts")}) +
                                        "reload-signal = \"SIGUSR1\"\n");
    ASSERT_TRUE(await_lines("starts", 1));
    const Outcome outcome = amphid({"reload", config()});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "would kill PID " + std::to_string(main));
    EXPECT_TRUE(is_alive(main));
    stopped();
}

TEST_F(InPlaceTest, ReloadSendsTheSignalThatItHandles) {
    started_in_place(in_place("exec", {"--on", "HUP", "{", "--append", path("reloads"), "}",
                                       "--append", path("starts")}) +
                     "reload-signal = \"SIGHUP\"\n");
    ASSERT_TRUE(await_lines("starts", 1));
    const Outcome outcome = amphid({"reload", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(await_lines("reloads", 1));
    stopped();
}

TEST_F(InPlaceTest, StopSparesWhatKillModeSpares) {
    started_in_place(in_place("exec", {"--child-session", "{", "--append", path("kids"), "}"}) +
                     "kill-mode = \"process\"\n");
    ASSERT_TRUE(await_lines("kids", 1));
    const pid_t kid = std::atoi(lines("kids")[0].c_str());
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(outcome.out, "left running: PID " + std::to_string(kid));
    EXPECT_TRUE(is_alive(kid));
    send_signal(kid, SIGKILL);
    EXPECT_TRUE(await_gone(kid));
}

TEST_F(InPlaceTest, RestartLeavesTheForegroundToWhoeverStartedIt) {
    configure(in_place("exec", {"--append", path("starts")}));
    Program& program = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_lines("starts", 1));
    const Outcome outcome = amphid({"restart", config()});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "runs in the foreground of PID " + std::to_string(program.pid));
    EXPECT_EQ(stop().code, 0);
    finish(program);
}

} // namespace amphid::test
