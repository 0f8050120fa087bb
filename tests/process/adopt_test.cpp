// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The launcher was killed, its service was not: nobody makes a second copy, and every command still
// works on the first.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>

namespace amphid::test {

class AdoptTest : public ProcessTest {
protected:
    /// Ends the launcher as nobody should.
    void kill_launcher() {
        const pid_t pid = launcher();
        send_signal(pid, SIGKILL);
        ASSERT_TRUE(await_gone(pid));
    }

    /// A service that has lost its launcher; the PID of its main process.
    pid_t orphaned(const std::string& toml) {
        configure(toml);
        started();
        const pid_t main = main_pid();
        kill_launcher();
        EXPECT_TRUE(is_alive(main)) << "the service died with its launcher";
        return main;
    }

    /// A start takes the service over as it is.
    void expect_adopted(pid_t main) {
        const pid_t before = launcher();
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(main_pid(), main);
        EXPECT_TRUE(is_alive(main));
        EXPECT_NE(launcher(), before);
        EXPECT_TRUE(is_alive(launcher()));
        EXPECT_EQ(state("state"), "running");
        EXPECT_EQ(read_file(runtime("pid")), std::to_string(launcher()) + "\n");
    }

    /// How many of the processes in a file are alive.
    std::size_t alive(const std::string& file) const {
        std::size_t count = 0;
        for (const std::string& pid : lines(file))
            count += is_alive(std::atoi(pid.c_str()));
        return count;
    }

    std::string plain() const {
        return service("notify", {"--append", path("starts"), "--notify"});
    }

    /// With a family that left the main process's session and parentage.
    std::string with_family() const {
        return service("notify", {"--append", path("starts"), "--child-session", "{", "--append",
                                  path("kids"), "}", "--child-orphan", "{", "--ignore", "TERM",
                                  "--append", path("kids"), "--append", path("both"), "}",
                                  "--await", path("both"), "--notify"}) +
               "timeout-stop-sec = \"100ms\"\n";
    }
};

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
    orphaned(service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0", "--notify"}));
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

TEST_F(AdoptTest, LauncherOfATerminalMayDieToo) {
    configure(plain());
    Program& run = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    const pid_t main = main_pid();
    send_signal(run.pid, SIGKILL);
    EXPECT_EQ(finish(run).signal, SIGKILL);
    EXPECT_TRUE(is_alive(main));
    expect_adopted(main);
    stopped();
    EXPECT_EQ(lines("starts").size(), 1U);
}

TEST_F(AdoptTest, StopEndsTheWholeTree) {
    const pid_t main = orphaned(with_family());
    ASSERT_EQ(alive("kids"), 2U);
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, name() + ": stopped\n");
    EXPECT_FALSE(is_alive(main));
    EXPECT_EQ(alive("kids"), 0U);
    EXPECT_FALSE(exists(runtime("pid")));
    EXPECT_EQ(status().code, 3);
    expect_nobody_left();
    EXPECT_EQ(stop().out, name() + ": not running\n");
}

TEST_F(AdoptTest, StopEndsAHydra) {
    orphaned(service("notify", {"--ignore", "TERM", "--hydra", "4", path("heads"), "--await",
                                path("heads"), "--notify"}) +
             "timeout-stop-sec = \"100ms\"\n");
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(alive("heads"), 0U);
    expect_nobody_left();
}

TEST_F(AdoptTest, AdoptedTreeIsStoppedAsAWhole) {
    const pid_t main = orphaned(with_family());
    expect_adopted(main);
    stopped();
    EXPECT_EQ(alive("kids"), 0U);
    expect_nobody_left();
}

TEST_F(AdoptTest, StopHooksRunForAnOrphan) {
    orphaned(plain() + hooks("exec-stop", {shell("echo $MAINPID >>" + path("stop"))}) +
             hooks("exec-stop-post", {played({"--append", path("post"), "--exit", "0"})}));
    const pid_t main = main_pid();
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(read("stop"), std::to_string(main) + "\n");
    EXPECT_EQ(lines("post").size(), 1U);
}

TEST_F(AdoptTest, RestartMakesANewOne) {
    const pid_t main = orphaned(with_family());
    const Outcome outcome = amphid({"restart", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_FALSE(is_alive(main));
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_EQ(alive("kids"), 2U);
    EXPECT_EQ(state("state"), "running");
    stopped();
    expect_nobody_left();
}

// The main process followed its launcher, the rest of the family did not.
TEST_F(AdoptTest, HelpersWithoutTheirMainProcessDoNotStay) {
    for (const char* verb : {"start", "restart", "stop"}) {
        const pid_t main = orphaned(with_family());
        send_signal(main, SIGKILL);
        ASSERT_TRUE(await_gone(main));
        const std::vector<std::string> kids = lines("kids");
        const Outcome outcome = amphid({verb, config()});
        EXPECT_EQ(outcome.code, 0) << verb << outcome.err;
        for (const std::string& kid : kids)
            EXPECT_FALSE(is_alive(std::atoi(kid.c_str()))) << kid << " after " << verb;
        EXPECT_EQ(alive("starts"), std::string(verb) == "stop" ? 0U : 1U) << verb;
        EXPECT_EQ(stop().code, 0);
        expect_nobody_left();
    }
}

TEST_F(AdoptTest, NobodyIsLeftToAdopt) {
    const pid_t main = orphaned(plain());
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await_gone(main));
    EXPECT_EQ(status().code, 1) << "dead, but its pid file exists";
    started();
    EXPECT_EQ(alive("starts"), 1U);
    stopped();
}

TEST_F(AdoptTest, ServiceThatIsNotReadyYet) {
    configure(service("notify", {"--append", path("starts"), "--notify-after", path("go")}));
    Program& first = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("starts", 1));
    ASSERT_TRUE(await_state("start"));
    kill_launcher();
    EXPECT_EQ(finish(first).code, 1);
    expect_words(first.error, "the launcher died before the service was ready");
    Program& second = spawn_amphid({"start", config()});
    ASSERT_TRUE(await("a new launcher", [&] { return is_alive(launcher()); }));
    write("go", "");
    EXPECT_EQ(finish(second).code, 0) << second.error;
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_EQ(state("state"), "running");
    stopped();
    expect_nobody_left();
}

// Whoever comes first, the stop that goes on or the start, there is one service in the end.
TEST_F(AdoptTest, ServiceInTheMidstOfItsStop) {
    configure(
        service("notify", {"--append", path("starts"), "--on", "TERM", "{", "--append",
                           path("term"), "--await", path("go"), "--exit", "0", "}", "--notify"}));
    started();
    Program& stopping = spawn_amphid({"stop", config()});
    ASSERT_TRUE(await_lines("term", 1));
    kill_launcher();
    Program& starting = spawn_amphid({"start", config()});
    ASSERT_TRUE(await("another launcher", [&] { return is_alive(launcher()); }));
    write("go", "");
    finish(stopping);
    finish(starting);
    EXPECT_LE(alive("starts"), 1U);
    const Outcome again = start();
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_EQ(state("state"), "running");
    stopped();
    expect_nobody_left();
}

TEST_F(AdoptTest, StopGoesOnWithoutTheLauncher) {
    configure(service("notify", {"--on", "TERM", "{", "--append", path("term"), "--await",
                                 path("go"), "--exit", "0", "}", "--notify"}));
    started();
    const pid_t main = main_pid();
    Program& stopping = spawn_amphid({"stop", config()});
    ASSERT_TRUE(await_lines("term", 1));
    kill_launcher();
    write("go", "");
    const Outcome outcome = finish(stopping);
    EXPECT_TRUE(outcome.code == 0 || outcome.code == 1) << outcome.err;
    EXPECT_TRUE(outcome.code == 1 || !is_alive(main)) << "stop lied";
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(is_alive(main));
    expect_nobody_left();
}

TEST_F(AdoptTest, HookWithoutItsLauncherDoesNotStay) {
    configure(plain() + hooks("exec-start-pre", {played({"--append", path("pre"), "--await",
                                                         path("go"), "--exit", "0"})}));
    Program& first = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("pre", 1));
    kill_launcher();
    EXPECT_EQ(finish(first).code, 1);
    write("go", "");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(alive("pre"), 0U);
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_EQ(state("state"), "running");
    stopped();
    expect_nobody_left();
}

TEST_F(AdoptTest, PendingRestartIsForgotten) {
    configure(plain() + "restart = \"always\"\nrestart-sec = \"1h\"\n");
    started();
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_state("auto-restart"));
    kill_launcher();
    EXPECT_EQ(start().code, 0);
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_EQ(state("state"), "running");
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

} // namespace amphid::test
