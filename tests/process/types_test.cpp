// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Type forking: its start command, its pid file and its daemon.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <unistd.h>

namespace amphid::test {

class ForkingTest : public ProcessTest {
protected:
    std::string pid_file() const { return path("daemon.pid"); }
    std::string with_pid_file() const { return "pid-file = " + quoted(pid_file()) + "\n"; }

    /// A start command that leaves a daemon which plays these steps, and ends well.
    static Words daemonizing(const Words& steps) {
        Words all{"--child-orphan", "{"};
        all.insert(all.end(), steps.begin(), steps.end());
        all.insert(all.end(), {"}", "--exit", "0"});
        return all;
    }

    std::string forking(const Words& steps) const { return service("forking", daemonizing(steps)); }

    pid_t pid_in(const std::string& file) const { return std::atoi(read(file).c_str()); }

    /// A daemon that is believed at once, since its pid file is there before its start command
    /// ends.
    std::string prompt_daemon() const {
        return service("forking", {"--child-orphan", "{", "--ready-file", pid_file(), "}",
                                   "--await", pid_file(), "--exit", "0"}) +
               with_pid_file();
    }

    /// The start must end by itself: what the pid file says is not believed.
    void expect_refused(const std::string& script, const std::string& why = "") {
        configure("[service]\ntype = \"forking\"\nexec-start = " + shell(script) +
                  "\ntimeout-start-sec = \"300ms\"\n" + with_pid_file());
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 1) << outcome.out;
        expect_words(outcome.err, "no usable pid file within 300ms");
        expect_words(outcome.err, pid_file() + ": " + why);
        EXPECT_EQ(state("result"), "timeout");
        EXPECT_EQ(main_pid(), 0);
    }
};

TEST_F(ForkingTest, PidFileNamesTheMainProcess) {
    configure(prompt_daemon());
    const pid_t pid = started();
    EXPECT_EQ(main_pid(), pid_in("daemon.pid"));
    EXPECT_EQ(state("main.start-time"), std::to_string(stat_of(main_pid())->start_time));
    EXPECT_EQ(read_file(runtime("pid")), std::to_string(pid) + "\n");
    EXPECT_EQ(status().code, 0);
    stopped();
}

TEST_F(ForkingTest, StartSaysBothPids) {
    configure(prompt_daemon());
    const Outcome outcome = start();
    EXPECT_EQ(outcome.out, name() + ": ready (PID " + std::to_string(launcher()) + ", main PID " +
                               std::to_string(pid_in("daemon.pid")) + ")\n");
    stopped();
}

TEST_F(ForkingTest, PidFileMayComeLate) {
    configure(
        forking({"--append", path("daemon"), "--await", path("go"), "--ready-file", pid_file()}) +
        with_pid_file());
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("daemon", 1));
    ASSERT_TRUE(await_field("waiting-for", "the pid file " + pid_file()));
    EXPECT_EQ(status().code, 3);
    EXPECT_FALSE(command.status) << "start returned without a main process";
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(main_pid(), pid_in("daemon"));
    stopped();
}

// Where the user's inotify instances are used up, it is looked for again and again.
TEST_F(ForkingTest, PidFileMayComeLateWithoutInotify) {
    configure(
        forking({"--append", path("daemon"), "--await", path("go"), "--ready-file", pid_file()}) +
        with_pid_file());
    Program& command = spawn_amphid(
        {"start", config()},
        {.command = {helper_binary(), "denying", "inotify_init1", std::to_string(EMFILE)}});
    ASSERT_TRUE(await_lines("daemon", 1));
    ASSERT_TRUE(await_state("start"));
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(main_pid(), pid_in("daemon"));
    stopped();
}

TEST_F(ForkingTest, PidFileMayComeInADirectoryThatComesLate) {
    const std::string folder = path("later");
    const std::string daemon = helper_binary() + " serve --await " + path("go") +
                               " --exit 0; mkdir -p " + folder + "/deep; echo $$ >" + folder +
                               "/deep/pid; exec sleep 1000";
    configure("[service]\ntype = \"forking\"\nexec-start = " + shell("sh -c '" + daemon + "' &") +
              "\npid-file = " + quoted(folder + "/deep/pid") + "\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_field("waiting-for", "the pid file " + folder + "/deep/pid"));
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(std::to_string(main_pid()) + "\n", read("later/deep/pid"));
    stopped();
}

// systemd.service(5), PIDFile=: the hooks of a start may write it.
TEST_F(ForkingTest, PidFileMayComeFromStartPost) {
    configure(service("forking", {"--child-orphan", "{", "--ready-file", path("me"), "}", "--await",
                                  path("me"), "--exit", "0"}) +
              with_pid_file() +
              hooks("exec-start-post", {shell("cp " + path("me") + " " + pid_file())}));
    started();
    EXPECT_EQ(main_pid(), pid_in("me"));
    stopped();
}

TEST_F(ForkingTest, PidFileOfPid1IsNotBelieved) {
    expect_refused("sleep 1000 & echo 1 >" + pid_file(), "PID 1 does not belong to this service");
    expect_nobody_left();
}

TEST_F(ForkingTest, PidFileOfTheLauncherIsNotBelieved) {
    expect_refused("sleep 1000 & echo $PPID >" + pid_file());
    expect_nobody_left();
}

TEST_F(ForkingTest, PidFileOfTheStartCommandIsNotBelieved) {
    expect_refused("sleep 1000 & echo $$ >" + pid_file());
    expect_nobody_left();
}

TEST_F(ForkingTest, PidFileWithoutAPidIsNotBelieved) {
    for (const std::string text : {"", "nobody", "-1", "0", "99999999999999999999", "12x"})
        expect_refused("sleep 1000 & echo '" + text + "' >" + pid_file(),
                       text.empty() ? "its first line is empty"
                                    : "its first line is '" + text + "', which is not a PID");
    expect_nobody_left();
}

TEST_F(ForkingTest, PidFileThatIsMissingIsNamed) {
    expect_refused("sleep 1000 &", "No such file or directory");
    ::mkdir(pid_file().c_str(), 0755);
    expect_refused("sleep 1000 &", "Is a directory");
    expect_nobody_left();
}

// postfix fills the number up to a width.
TEST_F(ForkingTest, PidFileMayBeginWithBlanks) {
    configure("[service]\ntype = \"forking\"\nexec-start = " +
              shell("sleep 1000 & printf '%16d\\n' $! >" + pid_file()) + "\n" + with_pid_file());
    started();
    EXPECT_EQ(main_pid(), pid_in("daemon.pid"));
    EXPECT_EQ(read("daemon.pid").size(), 17U);
    stopped();
}

TEST_F(ForkingTest, PidFileOfAStrangerIsNotBelieved) {
    Program& stranger =
        spawn({.command = {helper_binary(), "serve", "--ready-file", path("stranger")}});
    ASSERT_TRUE(await_file("stranger"));
    expect_refused("sleep 1000 & cp " + path("stranger") + " " + pid_file());
    EXPECT_TRUE(is_alive(stranger.pid)) << "a stranger was killed";
    send_signal(stranger.pid, SIGKILL);
    finish(stranger);
    expect_nobody_left();
}

TEST_F(ForkingTest, PidFileOfAZombieIsNotBelieved) {
    configure(forking({"--child", "{", "--ready-file", path("zombie"), "--exit", "0", "}"}) +
              with_pid_file() + "timeout-start-sec = \"500ms\"\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_file("zombie"));
    ASSERT_TRUE(await("the zombie", [&] {
        const auto stat = stat_of(pid_in("zombie"));
        return stat && stat->state == 'Z';
    }));
    write("daemon.pid", read("zombie"));
    EXPECT_EQ(finish(command).code, 1) << command.text;
    expect_words(command.error, "no usable pid file within 500ms");
    expect_nobody_left();
}

// What an earlier run, or a liar, wrote is not the last word.
TEST_F(ForkingTest, WrongPidFileMayBeCorrected) {
    write("daemon.pid", "1\n");
    configure(
        forking({"--append", path("daemon"), "--await", path("go"), "--ready-file", pid_file()}) +
        with_pid_file());
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("daemon", 1));
    ASSERT_TRUE(await_field("waiting-for", "the pid file " + pid_file()));
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(main_pid(), pid_in("daemon"));
    stopped();
}

TEST_F(ForkingTest, OnlyChildIsGuessed) {
    configure(service("forking", {"--child-orphan", "{", "--append", path("daemon"), "}", "--await",
                                  path("daemon"), "--exit", "0"}));
    started();
    EXPECT_EQ(main_pid(), pid_in("daemon"));
    stopped();
}

TEST_F(ForkingTest, TwoChildrenHaveNoMainProcess) {
    configure(service("forking", {"--double-fork", "--double-fork", "--exit", "0"}));
    const pid_t pid = started();
    EXPECT_EQ(main_pid(), 0);
    EXPECT_EQ(status().code, 0);
    const std::vector<pid_t> both = descendants_of(pid);
    ASSERT_EQ(both.size(), 2U);
    send_signal(both[0], SIGKILL);
    ASSERT_TRUE(await_gone(both[0]));
    EXPECT_EQ(state("state"), "running") << "one of two is left";
    send_signal(both[1], SIGKILL);
    ASSERT_TRUE(await_gone(pid));
    EXPECT_EQ(state("state"), "dead");
    expect_nobody_left();
}

TEST_F(ForkingTest, TwoChildrenAreStopped) {
    configure(service("forking", {"--double-fork", "--double-fork", "--exit", "0"}));
    started();
    stopped();
    expect_nobody_left();
}

TEST_F(ForkingTest, EndOfTheDaemonIsSeen) {
    for (const bool has_file : {true, false}) {
        ::unlink(pid_file().c_str());
        configure(service("forking", {"--child-orphan", "{", "--exit-on", "USR1:3", "--ready-file",
                                      pid_file(), "}", "--await", pid_file(), "--exit", "0"}) +
                  (has_file ? with_pid_file() : ""));
        const pid_t pid = started();
        send_signal(main_pid(), SIGUSR1);
        ASSERT_TRUE(await_gone(pid));
        EXPECT_EQ(state("state"), "failed") << has_file;
        EXPECT_EQ(state("exit.kind"), "exited");
        EXPECT_EQ(state("exit.status"), "3") << "its launcher is its reaper";
    }
}

// Its parent lives, so nobody tells us the status: an end that nobody knows is a failure.
TEST_F(ForkingTest, EndOfAGrandchildIsSeen) {
    configure(service("forking", {"--child-orphan", "{", "--child", "{", "--ready-file", pid_file(),
                                  "}", "}", "--await", pid_file(), "--exit", "0"}) +
              with_pid_file());
    const pid_t pid = started();
    EXPECT_EQ(main_pid(), pid_in("daemon.pid"));
    EXPECT_NE(stat_of(main_pid())->ppid, pid);
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_gone(pid));
    EXPECT_EQ(state("state"), "failed");
    EXPECT_EQ(state("exit.kind"), "unknown");
    expect_nobody_left();
}

TEST_F(ForkingTest, IsRestarted) {
    configure(prompt_daemon() + "restart = \"on-failure\"\nrestart-sec = 0\n" +
              hooks("exec-stop-post", {shell("rm -f " + pid_file())}));
    const pid_t pid = started();
    const pid_t first = main_pid();
    send_signal(first, SIGKILL);
    ASSERT_TRUE(await_field("restarts", "1"));
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(launcher(), pid);
    EXPECT_NE(main_pid(), first);
    EXPECT_EQ(main_pid(), pid_in("daemon.pid"));
    stopped();
}

TEST_F(ForkingTest, StartCommandThatFailsIsAFailedStart) {
    configure(service("forking", {"--double-fork", "--stderr", "no luck", "--exit", "3"}));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "exec-start exited with code 3 (result 'exit-code')");
    expect_words(outcome.err, "\n    no luck\n");
    expect_nobody_left();
}

TEST_F(ForkingTest, StartCommandThatHangsIsNamed) {
    configure(service("forking", {"--double-fork"}) + "timeout-start-sec = \"200ms\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "exec-start did not finish within 200ms (result 'timeout')");
    expect_nobody_left();
}

// The time to start is an hour; who could write the pid file is gone at once.
TEST_F(ForkingTest, NobodyLeftToWriteThePidFileIsSeenAtOnce) {
    configure(service("forking", {"--exit", "0"}) + with_pid_file() +
              "timeout-start-sec = \"1h\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "(result 'protocol')");
}

TEST_F(ForkingTest, DaemonThatDiesBeforeItsPidFileIsSeenAtOnce) {
    configure(forking({"--append", path("daemon"), "--await", path("go"), "--exit", "0"}) +
              with_pid_file() + "timeout-start-sec = \"1h\"\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("daemon", 1));
    ASSERT_TRUE(await_field("waiting-for", "the pid file " + pid_file()));
    write("go", "");
    EXPECT_EQ(finish(command).code, 1);
    expect_words(command.error, "(result 'protocol')");
}

TEST_F(ForkingTest, RunsInTheForeground) {
    configure(prompt_daemon());
    Program& run = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(main_pid(), pid_in("daemon.pid"));
    send_signal(run.pid, SIGTERM);
    finish(run);
    expect_nobody_left();
}

TEST_F(ForkingTest, StopDuringTheStartEndsEverybody) {
    configure(forking({"--append", path("daemon")}) + with_pid_file());
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("daemon", 1));
    ASSERT_TRUE(await_field("waiting-for", "the pid file " + pid_file()));
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(finish(command).code, 1);
    expect_words(command.error, "stopped before it was ready");
    expect_nobody_left();
}

} // namespace amphid::test
