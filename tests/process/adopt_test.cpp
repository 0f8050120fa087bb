// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The launcher was killed, its service was not: nobody makes a second copy, and every command still
// works on the first.

#include "adopt.h"

namespace amphid::test {

TEST_F(AdoptTest, StartTakesTheServiceOver) {
    const pid_t main = orphaned(plain());
    expect_adopted(main);
    EXPECT_EQ(status().code, 0);
    EXPECT_EQ(lines("starts").size(), 1U);
    stopped();
    EXPECT_FALSE(is_alive(main));
    expect_nobody_left();
}

TEST_F(AdoptTest, AgainAndAgain) {
    const pid_t main = orphaned(plain());
    for (int round = 0; round < 5; ++round) {
        expect_adopted(main);
        kill_launcher();
    }
    expect_adopted(main);
    EXPECT_EQ(lines("starts").size(), 1U);
    stopped();
}

TEST_F(AdoptTest, StatusSaysWhatIsTrue) {
    const pid_t main = orphaned(plain());
    expect_words(status().out, "running without its launcher, which was killed");
    expect_words(status().out, std::to_string(main));
    EXPECT_EQ(start().code, 0);
    EXPECT_EQ(status().out.find("without its launcher"), std::string::npos);
    stopped();
}

TEST_F(AdoptTest, ServiceIsHeardAgain) {
    orphaned(service("notify", {"--on", "USR1", "{", "--status", "heard", "}", "--exit-on",
                                "TERM:0", "--notify"}));
    expect_adopted(main_pid());
    send_signal(launcher(), SIGUSR1); // which the launcher passes on
    EXPECT_TRUE(await_field("status-text", "heard"));
    stopped();
    EXPECT_EQ(state("result"), "success");
}

// More than a pipe holds: somebody reads it, before and after.
TEST_F(AdoptTest, OutputIsReadAgain) {
    const pid_t main = orphaned(service("notify", {"--on", "USR1", "{", "--stderr-lines", "20000",
                                                   "--append", path("wrote"), "}", "--notify"}));
    expect_adopted(main);
    send_signal(main, SIGUSR1);
    EXPECT_TRUE(await_lines("wrote", 1));
    EXPECT_TRUE(is_alive(main));
    stopped();
}

TEST_F(AdoptTest, ReloadWorks) {
    orphaned(service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0", "--notify"}) +
             "reload-signal = \"HUP\"\n");
    expect_adopted(main_pid());
    const Outcome outcome = amphid({"reload", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    ASSERT_TRUE(await_lines("log", 1));
    EXPECT_EQ(read("log"), "HUP\n");
    stopped();
}

TEST_F(AdoptTest, EndOfTheAdoptedIsAFailureThatIsRestarted) {
    const pid_t main = orphaned(plain() + "restart = \"on-failure\"\nrestart-sec = 0\n");
    expect_adopted(main);
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await_lines("starts", 2));
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(state("restarts"), "1");
    EXPECT_EQ(stat_of(main_pid())->ppid, launcher());
    stopped();
}

TEST_F(AdoptTest, EndOfTheAdoptedIsTheEndWithoutRestart) {
    const pid_t main = orphaned(plain());
    expect_adopted(main);
    const pid_t pid = launcher();
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await_gone(pid));
    EXPECT_EQ(state("state"), "failed");
    EXPECT_EQ(state("exit.kind"), "unknown") << "it was no child of ours";
    EXPECT_FALSE(exists(runtime("pid")));
    EXPECT_EQ(lines("starts").size(), 1U);
}

TEST_F(AdoptTest, SeveralStartsAtOnceAdoptOnce) {
    for (int round = 0; round < 5; ++round) {
        const pid_t main = orphaned(plain());
        std::vector<Program*> commands;
        for (int i = 0; i < 4; ++i)
            commands.push_back(&spawn_amphid({"start", config()}));
        for (Program* one : commands)
            EXPECT_EQ(finish(*one).code, 0) << one->error;
        EXPECT_EQ(main_pid(), main);
        EXPECT_EQ(alive("starts"), 1U);
        reap();
        EXPECT_EQ(children_of(::getpid()).size(), 2U) << "one launcher, one orphan";
        stopped();
        expect_nobody_left();
    }
}

TEST_F(AdoptTest, NoAdoptRefusesAndSaysHow) {
    const pid_t main = orphaned(plain());
    const Outcome outcome = start({"--no-adopt"});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "its launcher was killed");
    expect_words(outcome.err, std::to_string(main));
    expect_words(outcome.err, "amphid stop");
    EXPECT_TRUE(is_alive(main));
    EXPECT_EQ(lines("starts").size(), 1U);
    EXPECT_EQ(stop().code, 0);
    expect_nobody_left();
}

TEST_F(AdoptTest, NoAdoptStartsWhatDoesNotRun) {
    configure(plain());
    started({"--no-adopt"});
    stopped();
}

TEST_F(AdoptTest, ForegroundNeverAdopts) {
    const pid_t main = orphaned(plain());
    const Outcome outcome = amphid({"run", config()});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "its launcher was killed");
    EXPECT_TRUE(is_alive(main));
    expect_adopted(main);
    stopped();
}

TEST_F(AdoptTest, DaemonOfTypeForking) {
    const pid_t main = orphaned(
        service("forking", {"--child-orphan", "{", "--append", path("starts"), "--ready-file",
                            path("d.pid"), "}", "--await", path("d.pid"), "--exit", "0"}) +
        "pid-file = " + quoted(path("d.pid")) + "\n");
    expect_adopted(main);
    EXPECT_EQ(lines("starts").size(), 1U);
    stopped();
    expect_nobody_left();
}

TEST_F(AdoptTest, OneshotThatRemains) {
    configure(service("oneshot", {"--append", path("starts"), "--exit", "0"}) +
              "remain-after-exit = true\n");
    EXPECT_EQ(start().code, 0);
    kill_launcher();
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(status().code, 0);
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(status().code, 3);
}

// What lies around belongs to nobody any more.
TEST_F(AdoptTest, FilesOfTheKilledLauncherAreGone) {
    const pid_t first = (configure(plain()), started());
    kill_launcher();
    write_file(runtime(".state." + std::to_string(first)), "amphid-state=1\n");
    write_file(runtime(".pid." + std::to_string(first)), std::to_string(first) + "\n");
    EXPECT_EQ(start().code, 0);
    EXPECT_FALSE(exists(runtime(".state." + std::to_string(first))));
    EXPECT_FALSE(exists(runtime(".pid." + std::to_string(first))));
    stopped();
}

// What the state said is gone for good, but the cgroup says that something is alive.
TEST_F(AdoptTest, NoSecondCopyWithoutAState) {
    if (!has_cgroups())
        GTEST_SKIP() << "no cgroup can be made here";
    const pid_t main = orphaned(plain());
    ASSERT_EQ(::unlink(runtime("state").c_str()), 0);
    for (const char* verb : {"start", "stop", "restart"}) {
        const Outcome outcome = amphid({verb, config()});
        EXPECT_EQ(outcome.code, 1) << verb;
        expect_words(outcome.err, "PID " + std::to_string(main) + " in ");
        expect_words(outcome.err, "is still running; end it first");
    }
    EXPECT_EQ(alive("starts"), 1U);
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await_gone(main));
    started();
    stopped();
}

TEST_F(AdoptTest, NoSecondCopyWithAStateThatCannotBeTrusted) {
    if (!has_cgroups())
        GTEST_SKIP() << "no cgroup can be made here";
    for (const char* kind : {"empty", "garbage", "linked"}) {
        const pid_t main = orphaned(plain());
        const std::string good = read_file(runtime("state")).value_or("");
        if (kind == std::string("linked")) {
            ASSERT_EQ(::link(runtime("state").c_str(), runtime("other").c_str()), 0);
        } else {
            write_file(runtime("state"), kind == std::string("empty") ? "" : "garbage");
        }
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 1) << kind;
        expect_words(outcome.err, "PID " + std::to_string(main) + " in ");
        EXPECT_EQ(alive("starts"), 1U);
        ::unlink(runtime("other").c_str());
        write_file(runtime("state"), good);
        expect_adopted(main);
        stopped();
        ::unlink(path("starts").c_str());
    }
}

} // namespace amphid::test
