// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A daemon that moves to another process: as its pid file says, or MAINPID=.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>

namespace amphid::test {

class SuccessorTest : public ProcessTest {
protected:
    std::string pid_file() const { return path("daemon.pid"); }
    pid_t pid_in(const std::string& file) const { return std::atoi(read(file).c_str()); }

    /// Type forking. At that signal the daemon starts another one, which plays these steps and
    /// writes the pid file anew, and ends.
    std::string moving_at(const std::string& signal, const Words& next) const {
        Words steps{"--child-orphan", "{",        "--on",           signal, "{",
                    "--remove",       pid_file(), "--child-orphan", "{"};
        steps.insert(steps.end(), next.begin(), next.end());
        const Words exit{"--await", pid_file(), "--exit", "0"};
        const Words write{"--ready-file", pid_file(), "}"};
        for (const Words& more : {write, exit, Words{"}"}, write, exit})
            steps.insert(steps.end(), more.begin(), more.end());
        return service("forking", steps) + "pid-file = " + quoted(pid_file()) + "\n";
    }

    /// It moves at SIGUSR2; at SIGUSR1 the second one ends with code 3.
    std::string moving() const {
        return moving_at("USR2", {"--exit-on", "TERM:0", "--exit-on", "USR1:3"});
    }

    /// From the process that the pid file names to the next one.
    void move(pid_t first) {
        ASSERT_EQ(main_pid(), first);
        send_signal(first, SIGUSR2);
        ASSERT_TRUE(await_gone(first));
        const pid_t second = pid_in("daemon.pid");
        ASSERT_NE(second, first);
        ASSERT_TRUE(await_field("main.pid", std::to_string(second)));
        EXPECT_EQ(state("state"), "running");
        EXPECT_EQ(state("restarts"), "0");
    }
};

TEST_F(SuccessorTest, ThatThePidFileNamesIsFollowedToItsEnd) {
    configure(moving() + "[launcher]\nservice-pid-file = " + quoted(path("main.pid")) + "\n");
    const pid_t pid = started();
    move(pid_in("daemon.pid"));
    EXPECT_EQ(launcher(), pid);
    EXPECT_EQ(status().code, 0);
    EXPECT_EQ(pid_in("main.pid"), main_pid());
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_gone(pid));
    EXPECT_EQ(state("result"), "exit-code");
    EXPECT_EQ(state("exit.status"), "3") << "the last one's own end";
    expect_nobody_left();
}

TEST_F(SuccessorTest, IsFollowedUnderAManagerToo) {
    configure(moving());
    Program& unit = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    move(pid_in("daemon.pid"));
    send_signal(unit.pid, SIGTERM);
    EXPECT_EQ(finish(unit).code, 0);
    expect_nobody_left();
}

TEST_F(SuccessorTest, IsFollowedByALauncherThatTookOver) {
    configure(moving());
    const pid_t pid = started();
    const pid_t first = pid_in("daemon.pid");
    send_signal(pid, SIGKILL);
    ASSERT_TRUE(await_gone(pid));
    started();
    move(first);
    stopped();
}

// kill-signal goes to the main process alone, and that one is another by then.
TEST_F(SuccessorTest, OfAStopGetsTheKillSignal) {
    configure(
        moving_at("TERM", {"--on", "TERM", "{", "--append", path("heard"), "--exit", "0", "}"}) +
        "kill-mode = \"process\"\n");
    started();
    stopped();
    EXPECT_EQ(lines("heard").size(), 1U);
}

// As php-fpm and others: the reload leaves another main process, beside the old one for a while.
TEST_F(SuccessorTest, OfAReloadIsFollowed) {
    configure(moving() + hooks("exec-reload", {shell("echo $MAINPID >" + path("old") +
                                                     "; kill -USR2 $MAINPID; while kill -0 "
                                                     "$MAINPID 2>/dev/null; do :; done")}));
    started();
    const pid_t first = main_pid();
    EXPECT_EQ(amphid({"reload", config()}).code, 0);
    EXPECT_EQ(pid_in("old"), first);
    EXPECT_EQ(main_pid(), pid_in("daemon.pid"));
    EXPECT_NE(main_pid(), first);
    EXPECT_EQ(state("state"), "running");
    stopped();
}

TEST_F(SuccessorTest, ThatIsToldIsFollowedToItsEnd) {
    configure(service("notify", {"--on", "USR2", "{", "--main-child", "{", "--exit-on", "USR1:3",
                                 "--append", path("second"), "}", "--await", path("second"),
                                 "--exit", "0", "}", "--notify"}) +
              "notify-access = \"all\"\n");
    const pid_t pid = started();
    send_signal(main_pid(), SIGUSR2);
    ASSERT_TRUE(await_lines("second", 1));
    ASSERT_TRUE(await_field("main.pid", std::to_string(pid_in("second"))));
    ASSERT_TRUE(await("the second one to be the launcher's child", [&] {
        const auto stat = stat_of(main_pid());
        return stat && stat->ppid == pid;
    }));
    EXPECT_EQ(state("state"), "running");
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_gone(pid));
    EXPECT_EQ(state("exit.status"), "3");
    EXPECT_EQ(state("result"), "exit-code");
}

// The one child that the start command left would be the guess.
TEST_F(SuccessorTest, AGuessDoesNotOverrideWhatWasTold) {
    configure(service("forking",
                      {"--child-orphan", "{", "--main-child", "{", "--append", path("main"), "}",
                       "--ready-file", path("told"), "}", "--await", path("told"), "--exit", "0"}) +
              "notify-access = \"all\"\n");
    started();
    ASSERT_TRUE(await_lines("main", 1));
    EXPECT_EQ(main_pid(), pid_in("main"));
    EXPECT_NE(main_pid(), pid_in("told"));
    stopped();
}

TEST_F(SuccessorTest, EndOfOneThatWasToldBeforeTheStartCommandEndedIsNotLost) {
    configure(
        service("forking", {"--child-orphan", "{", "--main-child", "{", "--append", path("main"),
                            "--await", path("go"), "--exit", "3", "}", "--append", path("told"),
                            "--exit", "0", "}", "--await", path("never")}) +
        "notify-access = \"all\"\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("main", 1));
    ASSERT_TRUE(await_field("main.pid", std::to_string(pid_in("main"))));
    ASSERT_TRUE(await_lines("told", 1));
    ASSERT_TRUE(await_gone(pid_in("told")));
    write("go", "");
    EXPECT_EQ(finish(command).code, 1);
    expect_words(command.error, "exited with code 3");
    EXPECT_EQ(state("exit.status"), "3");
    expect_nobody_left();
}

} // namespace amphid::test
