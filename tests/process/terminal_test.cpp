// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// In a terminal: ^C stops cleanly, a hang-up too, and the terminal is given back.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

namespace amphid::test {

class TerminalTest : public ProcessTest {
protected:
    /// `amphid run` as the foreground job of a shell in a new terminal; awaits "running".
    Program& run_in_terminal(const std::string& toml) {
        configure(toml);
        Program& shell = spawn_amphid({"run", config()},
                                      {.command = {helper_binary(), "job"}, .on_terminal = true});
        EXPECT_TRUE(await_state("running"));
        return shell;
    }

    void press(Program& shell, char key) { EXPECT_EQ(::write(shell.out, &key, 1), 1); }

    /// What a descriptor of a process is open on; empty where it has none.
    static std::string target_of(pid_t pid, int number) {
        std::string target(4096, '\0');
        const std::string link = "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(number);
        const ssize_t size = ::readlink(link.c_str(), target.data(), target.size());
        target.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        return target;
    }

    /// Run with these keys, the service has a session of its own and no descriptor of the terminal.
    void expect_nothing_of_it(const std::string& keys) {
        Program& shell = run_in_terminal(service("notify", {"--stdout", "hello from the service",
                                                            "--exit-on", "TERM:0", "--notify"}) +
                                         keys);
        const pid_t main = main_pid();
        const auto stat = stat_of(main);
        ASSERT_TRUE(stat);
        EXPECT_EQ(stat->session, main);
        EXPECT_EQ(state("lineage.session"), std::to_string(main));
        EXPECT_EQ(stat->tty, 0);
        for (int number = 0; number < 64; ++number)
            EXPECT_FALSE(target_of(main, number).starts_with("/dev/pts/")) << number;
        EXPECT_TRUE(await("its output", [&] {
            return shell.text.find("hello from the service") != std::string::npos;
        })) << shell.text;
        press(shell, '\003');
        EXPECT_EQ(finish(shell).code, 0) << shell.text;
        EXPECT_FALSE(is_alive(main));
    }

    static void hang_up(Program& shell) {
        ::close(shell.out);
        shell.out = -1;
    }
};

TEST_F(TerminalTest, InterruptStopsCleanly) {
    Program& shell = run_in_terminal(service(
        "notify", {"--exit-on", "INT:0", "--exit-on", "TERM:0", "--fork", "1", "--notify"}));
    const pid_t pid = launcher();
    const std::vector<pid_t> tree = descendants_of(pid);
    EXPECT_EQ(tree.size(), 2U);
    press(shell, '\003');
    EXPECT_EQ(finish(shell).code, 0) << shell.text;
    EXPECT_FALSE(is_alive(pid));
    for (const pid_t one : tree)
        EXPECT_FALSE(is_alive(one));
    EXPECT_EQ(state("state"), "dead");
    EXPECT_EQ(state("result"), "success");
    EXPECT_FALSE(exists(runtime("pid")));
}

// P42: ^C reaches the whole foreground group; our TERM on top of it would be a second signal.
TEST_F(TerminalTest, InterruptReachesTheServiceOnce) {
    Program& shell = run_in_terminal(
        service("notify", {"--log-signals", path("log"), "--on", "INT", "{", "--await", path("go"),
                           "--exit", "0", "}", "--on", "TERM", "{", "--await", path("go"), "--exit",
                           "0", "}", "--notify"}));
    press(shell, '\003');
    ASSERT_TRUE(await_lines("log", 1));
    write("go", "");
    EXPECT_EQ(finish(shell).code, 0) << shell.text;
    EXPECT_EQ(lines("log").size(), 1U) << read("log");
    EXPECT_EQ(shell.text.find("SIGTERM"), std::string::npos) << "nobody sent one: " << shell.text;
}

// The same for the other processes of its group, which take their time after the main process died.
TEST_F(TerminalTest, InterruptReachesTheOtherProcessesOnce) {
    Program& shell = run_in_terminal(service("notify", {"--child",
                                                        "{",
                                                        "--log-signals",
                                                        path("log"),
                                                        "--on",
                                                        "INT",
                                                        "{",
                                                        "--append-text",
                                                        path("heard"),
                                                        "x",
                                                        "}",
                                                        "--on",
                                                        "TERM",
                                                        "{",
                                                        "--append-text",
                                                        path("heard"),
                                                        "x",
                                                        "}",
                                                        "--ready-file",
                                                        path("child"),
                                                        "}",
                                                        "--await",
                                                        path("child"),
                                                        "--notify"}) +
                                     "timeout-stop-sec = \"300ms\"\n");
    press(shell, '\003');
    finish(shell);
    EXPECT_EQ(read("log"), "INT\n") << "only SIGKILL may come after it";
}

// A service that handles ^C itself (python3 -i) goes on, and no stop clock runs.
TEST_F(TerminalTest, AServiceThatHandlesInterruptsGoesOn) {
    Program& shell = run_in_terminal(
        service("notify", {"--log-signals", path("log"), "--on", "INT", "{", "--append-text",
                           path("heard"), "x", "}", "--exit-on", "TERM:0", "--notify"}) +
        "timeout-stop-sec = 1\n");
    press(shell, '\003');
    ASSERT_TRUE(await_lines("heard", 1));
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(status().code, 0);
    // Insisting is a stop: with the kill-signal. A ^C that the launcher has not read yet is the
    // same.
    ASSERT_TRUE(await("the stop", [&] {
        const bool stops = state("state") != "running";
        if (!stops)
            press(shell, '\003');
        return stops;
    }));
    EXPECT_EQ(finish(shell).code, 0) << shell.text;
    EXPECT_NE(read("log").find("TERM\n"), std::string::npos);
}

// An end that ^C has brought is nothing to restart after, whatever the code.
TEST_F(TerminalTest, WhatInterruptEndsIsNotRestarted) {
    Program& shell = run_in_terminal(
        service("notify", {"--append", path("runs"), "--exit-on", "INT:3", "--notify"}) +
        "restart = \"always\"\nrestart-sec = 0\n");
    press(shell, '\003');
    finish(shell);
    EXPECT_EQ(lines("runs").size(), 1U);
    EXPECT_NE(state("state"), "running");
}

// `kill %1` is for the whole job: the service has it already. `kill PID` is passed on.
TEST_F(TerminalTest, ASignalForTheJobReachesTheServiceOnce) {
    Program& shell =
        run_in_terminal(service("notify", {"--log-signals", path("log"), "--on", "TERM", "{",
                                           "--await", path("go"), "--exit", "0", "}", "--notify"}));
    send_signal(launcher(), SIGUSR1);
    ASSERT_TRUE(await_lines("log", 1));
    ASSERT_EQ(::kill(-launcher(), SIGUSR2), 0);
    ASSERT_TRUE(await_lines("log", 2));
    ASSERT_EQ(::kill(-launcher(), SIGTERM), 0);
    ASSERT_TRUE(await_lines("log", 3));
    ASSERT_TRUE(await_state("stop-sigterm"));
    write("go", "");
    EXPECT_EQ(finish(shell).code, 0) << shell.text;
    EXPECT_EQ(read("log"), "USR1\nUSR2\nTERM\n");
}

// gunicorn changes its number of workers with these two; only the terminal's are job control.
TEST_F(TerminalTest, JobControlSignalsOfOthersAreTheServices) {
    Program& shell =
        run_in_terminal(service("notify", {"--on", "TTIN", "{", "--append-text", path("log"), "in",
                                           "}", "--on", "TTOU", "{", "--append-text", path("log"),
                                           "out", "}", "--exit-on", "TERM:0", "--notify"}));
    send_signal(launcher(), SIGTTIN);
    ASSERT_TRUE(await_lines("log", 1));
    send_signal(launcher(), SIGTTOU);
    ASSERT_TRUE(await_lines("log", 2));
    EXPECT_EQ(read("log"), "in\nout\n");
    send_signal(launcher(), SIGTERM);
    EXPECT_EQ(finish(shell).code, 0) << shell.text;
}

// A shell sees a stopped service as a stopped job, and its `fg` wakes both.
TEST_F(TerminalTest, AStoppedServiceIsAStoppedJob) {
    Program& shell = run_in_terminal(service("notify", {"--exit-on", "TERM:0", "--notify"}));
    const pid_t pid = launcher();
    const pid_t main = main_pid();
    const auto stopped = [](pid_t one) {
        const auto stat = stat_of(one);
        return stat && stat->state == 'T';
    };
    send_signal(main, SIGSTOP);
    ASSERT_TRUE(await("the launcher to stop, too", [&] { return stopped(pid); }));
    ASSERT_EQ(::kill(-pid, SIGCONT), 0);
    ASSERT_TRUE(await("both to go on", [&] { return !stopped(pid) && !stopped(main); }));
    send_signal(pid, SIGTERM);
    EXPECT_EQ(finish(shell).code, 0);
}

// P76: an ignored hang-up is a wish.
TEST_F(TerminalTest, NohupOutlivesTheTerminal) {
    configure(service("notify", {"--exit-on", "TERM:0", "--exit-on", "HUP:9", "--notify"}) +
              "reload-signal = \"SIGUSR1\"\n");
    Program& shell = spawn_amphid(
        {"run", config()}, {.command = {helper_binary(), "job", "nohup"}, .on_terminal = true});
    ASSERT_TRUE(await_state("running"));
    const pid_t pid = launcher();
    hang_up(shell);
    ASSERT_TRUE(await("the terminal to be gone", [&] {
        const auto stat = stat_of(pid);
        return stat && stat->foreground_group <= 0;
    }));
    EXPECT_EQ(status().code, 0);
    EXPECT_TRUE(is_alive(main_pid()));
    EXPECT_EQ(stop().code, 0);
    finish(shell);
}

// A service that does not care for ^C is not stuck until timeout-stop-sec: at the latest the second
// ^C makes a stop of it, with the kill signal, and nothing is left behind.
TEST_F(TerminalTest, SecondInterruptInsists) {
    Program& shell =
        run_in_terminal(service("notify", {"--ignore", "INT", "--exit-on", "TERM:0", "--notify"}));
    press(shell, '\003');
    ASSERT_TRUE(await("the stop", [&] { return shell.status || state("state") != "running"; }));
    if (!shell.status && shell.out >= 0) // else it was quick, and its terminal is gone
        press(shell, '\003');
    EXPECT_EQ(finish(shell).code, 0) << shell.text;
    EXPECT_EQ(state("state"), "dead");
    EXPECT_FALSE(exists(runtime("pid")));
}

TEST_F(TerminalTest, InterruptDuringTheStart) {
    configure(service("notify", {"--exit-on", "INT:0", "--exit-on", "TERM:0"}));
    Program& shell =
        spawn_amphid({"run", config()}, {.command = {helper_binary(), "job"}, .on_terminal = true});
    ASSERT_TRUE(await_state("start"));
    press(shell, '\003');
    finish(shell);
    EXPECT_FALSE(exists(runtime("pid")));
}

// The hang-up of our own terminal is a stop, not a reload.
TEST_F(TerminalTest, HangUpStops) {
    Program& shell =
        run_in_terminal(service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0",
                                           "--exit-on", "HUP:0", "--notify"}));
    const pid_t pid = launcher();
    const pid_t main = main_pid();
    hang_up(shell);
    ASSERT_TRUE(await_gone(pid));
    EXPECT_FALSE(is_alive(main));
    EXPECT_EQ(state("state"), "dead");
    EXPECT_EQ(state("reload.serial"), "0");
    EXPECT_FALSE(exists(runtime("pid")));
    finish(shell);
}

// P41: the service's output must not stop it with SIGTTOU, nor may its reading with SIGTTIN.
TEST_F(TerminalTest, ServiceMayWriteToATerminalThatStopsBackgroundOutput) {
    configure(service("notify", {"--await", path("go"), "--stdout", "hello from the service",
                                 "--exit-on", "TERM:0", "--notify"}));
    Program& shell =
        spawn_amphid({"run", config()}, {.command = {helper_binary(), "job"}, .on_terminal = true});
    ASSERT_TRUE(await_state("start"));
    termios modes{};
    ASSERT_EQ(::tcgetattr(shell.out, &modes), 0);
    modes.c_lflag |= TOSTOP;
    ASSERT_EQ(::tcsetattr(shell.out, TCSANOW, &modes), 0);
    write("go", "");
    ASSERT_TRUE(await_state("running"));
    press(shell, '\003');
    EXPECT_EQ(finish(shell).code == -1 ? shell.text : "", "");
    EXPECT_NE(shell.text.find("hello from the service"), std::string::npos) << shell.text;
}

// P41: a shell that leads the session has its terminal back afterwards.
TEST_F(TerminalTest, SessionIsNotDisturbed) {
    Program& shell = run_in_terminal(
        service("notify", {"--exit-on", "TERM:0", "--exit-on", "INT:0", "--notify"}));
    const auto job = stat_of(launcher());
    ASSERT_TRUE(job);
    EXPECT_EQ(job->session, shell.pid) << "no setsid in the foreground";
    const auto main = stat_of(main_pid());
    ASSERT_TRUE(main);
    EXPECT_EQ(main->session, shell.pid);
    EXPECT_EQ(main->foreground_group, main->pgrp) << "the service is not the foreground job";
    press(shell, '\003');
    finish(shell);
}

// In our session a process with fewer rights could type into our terminal (TIOCSTI), with a
// descriptor of it read what is typed.
TEST_F(TerminalTest, AnotherUsersServiceGetsNothingOfIt) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root can be somebody else";
    ASSERT_EQ(::chmod(path("").c_str(), 0711), 0);
    expect_nothing_of_it("user = \"65534\"\n");
}

TEST_F(TerminalTest, AServiceWithFewerRightsGetsNothingOfIt) {
    expect_nothing_of_it(::getuid() == 0 ? "capability-bounding-set = \"CAP_CHOWN\"\n"
                                         : "no-new-privileges = true\n");
}

// design.md section 2: a wait longer than half a second shows what is awaited; without a terminal
// (every other test) nothing of it.
TEST_F(TerminalTest, LongWaitShowsWhatIsAwaited) {
    configure(service("notify", {"--notify-after", path("go")}));
    Program& shell = spawn_amphid({"start", config()}, {.command = {helper_binary(), "job"},
                                                        .environment = {{"NO_COLOR", "1"}},
                                                        .on_terminal = true});
    EXPECT_TRUE(await("the terminal to show what is awaited",
                      [&] { return shell.text.find(name() + ": waiting") != std::string::npos; }));
    EXPECT_EQ(shell.text.find("\033[3"), std::string::npos) << "colour in spite of NO_COLOR";
    write("go", "");
    EXPECT_EQ(finish(shell).code, 0);
    EXPECT_NE(shell.text.find(name() + ": ready"), std::string::npos) << shell.text;
    stopped();
}

// What is typed into the terminal afterwards is no affair of the daemon.
TEST_F(TerminalTest, DaemonFromATerminalIgnoresItsKeys) {
    configure(service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0", "--notify"}));
    // What comes after the start holds the terminal, and dies of its ^C.
    const std::string after = helper_binary() + " serve --ready-file " + path("after");
    Program& shell = spawn_amphid(
        {"start", config()},
        {.command = {"bash", "-c", "\"$@\" && exec " + after, "-"}, .on_terminal = true});
    ASSERT_TRUE(await_file("after"));
    EXPECT_NE(shell.text.find(name() + ": ready"), std::string::npos) << shell.text;
    press(shell, '\003');
    EXPECT_EQ(finish(shell).signal, SIGINT) << shell.text;
    EXPECT_EQ(status().code, 0);
    stopped();
    EXPECT_EQ(read("log"), "TERM\n");
}

} // namespace amphid::test
