// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The launcher was killed, its service was not: stop and restart reach the whole of it, and a start
// copes with whatever half of a start or stop it finds.

#include "adopt.h"

#include <sstream>
#include <sys/stat.h>

namespace amphid::test {

class AdoptStopTest : public AdoptTest {
protected:
    /// Ends launcher and main process; the rest of the service is known by nothing but its record.
    void kill_both() {
        const pid_t main = main_pid();
        kill_launcher();
        send_signal(main, SIGKILL);
        ASSERT_TRUE(await_gone(main));
    }

    /// A file of the test that the service can write as another user.
    void give_to_everybody(const std::string& file) const {
        write(file, "");
        ASSERT_EQ(::chmod(path(file).c_str(), 0666), 0);
        ASSERT_EQ(::chmod(path("").c_str(), 0711), 0);
    }

    /// As on a machine without cgroups of ours. An empty one may stay: it has been found.
    void forget_cgroup() const {
        std::string text = read_file(runtime("state")).value_or("");
        const std::string key = "\ncgroup=";
        const std::size_t begin = text.find(key);
        ASSERT_NE(begin, std::string::npos);
        const std::size_t from = begin + key.size();
        const std::string cgroup = text.substr(from, text.find('\n', from) - from);
        if (cgroup.empty())
            return;
        for (const std::string& pid : pids_in(cgroup))
            write_file(parent_of(cgroup) + "/cgroup.procs", pid);
        ::rmdir(cgroup.c_str());
    }

    static std::vector<std::string> pids_in(const std::string& cgroup) {
        std::istringstream text(read_file(cgroup + "/cgroup.procs").value_or(""));
        std::vector<std::string> out;
        for (std::string pid; text >> pid;)
            out.push_back(pid);
        return out;
    }
};

TEST_F(AdoptStopTest, StopEndsTheWholeTree) {
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

// What cannot be read is not another machine's: the first process is hidden, or a read fails.
TEST_F(AdoptStopTest, WhereFirstProcessIsHiddenTheServiceIsStopped) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs mounts";
    const auto behind = [](const std::string& mount) {
        return Launch{
            .command = {"unshare", "--mount", "/bin/sh", "-c", mount + " && exec \"$@\"", "sh"}};
    };
    const std::string no_cgroup = "mount -t tmpfs tmpfs /sys/fs/cgroup";
    configure(plain());
    ASSERT_EQ(amphid({"start", config()}, behind(no_cgroup)).code, 0);
    const pid_t main = main_pid();
    kill_launcher();
    const Outcome outcome =
        amphid({"stop", config()}, behind(no_cgroup + " && mount --bind /dev/null /proc/1/stat"));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(await_gone(main));
    expect_nobody_left();
}

TEST_F(AdoptStopTest, StopEndsAHydra) {
    orphaned(service("notify", {"--ignore", "TERM", "--hydra", "4", path("heads"), "--await",
                                path("heads"), "--notify"}) +
             "timeout-stop-sec = \"100ms\"\n");
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(alive("heads"), 0U);
    expect_nobody_left();
}

TEST_F(AdoptStopTest, AdoptedTreeIsStoppedAsAWhole) {
    const pid_t main = orphaned(with_family());
    expect_adopted(main);
    stopped();
    EXPECT_EQ(alive("kids"), 0U);
    expect_nobody_left();
}

TEST_F(AdoptStopTest, StopHooksRunForAnOrphan) {
    orphaned(plain() + hooks("exec-stop", {shell("echo $MAINPID >>" + path("stop"))}) +
             hooks("exec-stop-post", {played({"--append", path("post"), "--exit", "0"})}));
    const pid_t main = main_pid();
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(read("stop"), std::to_string(main) + "\n");
    EXPECT_EQ(lines("post").size(), 1U);
}

// Without a launcher, too, a hook runs as the service's user.
TEST_F(AdoptStopTest, StopHooksRunAsTheServicesUser) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root can be somebody else";
    give_to_everybody("stop");
    orphaned(service("exec", {}) + "user = \"65534\"\n" +
             hooks("exec-stop", {shell("id -u >" + path("stop"))}));
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(read("stop"), "65534\n");
}

// Root's stop acts for another user with his rights, and with nothing that is root's in his reach:
// not its terminal, its session, its descriptors, its environment.
TEST_F(AdoptStopTest, RootsStopLendsAnotherUserNothing) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root can be somebody else";
    ASSERT_EQ(::chmod(path("").c_str(), 0711), 0);
    for (const char* folder : {"files", "theirs"}) {
        ASSERT_EQ(::mkdir(path(folder).c_str(), 0755), 0);
        ASSERT_EQ(::chown(path(folder).c_str(), 65534, 65534), 0);
    }
    const std::string files = path("files");
    const std::string seen = path("theirs/seen");
    configure(service("notify", {"--notify"}) + "pass-environment = [\"SECRET\"]\n" +
              hooks("exec-stop", {shell("{ id -u; cut -d' ' -f7 /proc/self/stat; "
                                        "ls -l /proc/self/fd; env; } >" +
                                        seen + " 2>&1")}) +
              "[launcher]\nruntime-directory = " + quoted(files) + "\n");
    const Outcome outcome =
        amphid({"start", config()},
               {.command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}});
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const auto fields = [&] { return parse_fields(read_file(files + "/state").value_or("")); };
    const pid_t launcher = std::atoi(fields()["launcher.pid"].c_str());
    const pid_t main = std::atoi(fields()["main.pid"].c_str());
    send_signal(launcher, SIGKILL);
    ASSERT_TRUE(await_gone(launcher));
    Program& stop = spawn_amphid({"stop", config()},
                                 {.environment = {{"SECRET", "of root"}}, .on_terminal = true});
    EXPECT_EQ(finish(stop).code, 0) << stop.text;
    EXPECT_FALSE(is_alive(main));
    const std::string text = read_file(seen).value_or("");
    EXPECT_TRUE(text.starts_with("65534\n0\n")) << "the user, no terminal\n" << text;
    EXPECT_EQ(text.find("/dev/pts"), std::string::npos) << text;
    EXPECT_EQ(text.find("SECRET"), std::string::npos) << text;
}

TEST_F(AdoptStopTest, RestartMakesANewOne) {
    const pid_t main = orphaned(with_family());
    const Outcome outcome = amphid({"restart", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_FALSE(is_alive(main));
    EXPECT_EQ(alive("starts"), 1U);
    EXPECT_TRUE(await("the new family", [&] { return alive("kids") == 2; }));
    EXPECT_EQ(state("state"), "running");
    stopped();
    expect_nobody_left();
}

// The main process followed its launcher, the rest of the family did not.
TEST_F(AdoptStopTest, HelpersWithoutTheirMainProcessDoNotStay) {
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
        ::unlink(path("both").c_str());
    }
}

// php-fpm and apache2 write a title over their environment: the process group tells whose they are.
TEST_F(AdoptStopTest, HelpersThatWroteOverTheirEnvironmentAreFound) {
    for (const char* verb : {"stop", "start", "restart"}) {
        configure(service("notify",
                          {"--append", path("starts"), "--overwrite-environment", "--child", "{",
                           "--append", path("kids"), "}", "--await", path("kids"), "--notify"}));
        started();
        const pid_t kid = std::atoi(lines("kids").front().c_str());
        EXPECT_EQ(environment_of(kid).count("INVOCATION_ID"), 0U) << "it is known by that";
        kill_both();
        forget_cgroup();
        ASSERT_TRUE(is_alive(kid));
        const Outcome outcome = amphid({verb, config()});
        EXPECT_EQ(outcome.code, 0) << verb << outcome.err;
        EXPECT_FALSE(is_alive(kid)) << "after " << verb;
        EXPECT_EQ(alive("starts"), std::string(verb) == "stop" ? 0U : 1U) << verb;
        EXPECT_EQ(stop().code, 0);
        expect_nobody_left();
        ::unlink(path("kids").c_str());
    }
}

// A session that the daemon made for itself, and a main process that is no child.
TEST_F(AdoptStopTest, HelpersOfADaemonThatWroteOverTheirEnvironmentAreFound) {
    configure(
        service("forking", {"--overwrite-environment", "--child-orphan", "{", "--child", "{",
                            "--append", path("kids"), "}", "--await", path("kids"), "--ready-file",
                            path("d.pid"), "}", "--await", path("d.pid"), "--exit", "0"}) +
        "pid-file = " + quoted(path("d.pid")) + "\n");
    started();
    const pid_t kid = std::atoi(lines("kids").front().c_str());
    kill_both();
    forget_cgroup();
    ASSERT_TRUE(is_alive(kid));
    EXPECT_EQ(stop().out, name() + ": stopped\n");
    EXPECT_FALSE(is_alive(kid));
    expect_nobody_left();
}

// Their own environment says whose they are, but only of the service's user is that believed.
TEST_F(AdoptStopTest, HelpersOfAnotherUserAreFound) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root can be somebody else";
    give_to_everybody("kids");
    configure(service("exec", {"--child-session", "{", "--append", path("kids"), "}"}) +
              "user = \"65534\"\n");
    started();
    ASSERT_TRUE(await_lines("kids", 1));
    const pid_t kid = std::atoi(lines("kids").front().c_str());
    kill_both();
    forget_cgroup();
    EXPECT_EQ(stop().out, name() + ": stopped\n");
    EXPECT_FALSE(is_alive(kid));
    expect_nobody_left();
}

// Another command has the lock and never ends: every wait of a command does.
TEST_F(AdoptStopTest, AStopByAnotherCommandIsNotAwaitedForEver) {
    if (std::getenv("AMPHID_SOAK") == nullptr)
        GTEST_SKIP() << "waits 5 s for somebody who does nothing: only in the soak";
    configure(plain() + "timeout-stop-sec = 0.01\n");
    started();
    const pid_t main = main_pid();
    kill_launcher();
    Program& holder = spawn({.command = {"flock", "--no-fork", runtime("lock"), helper_binary(),
                                         "serve", "--ready-file", path("held")}});
    ASSERT_TRUE(await_file("held"));
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "another command has been stopping it for ");
    expect_words(outcome.err, runtime("lock"));
    EXPECT_TRUE(is_alive(main));
    send_signal(holder.pid, SIGTERM);
    finish(holder);
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(is_alive(main));
}

// A stop by kill-mode "process" where only the rest is there: nothing to end, nothing to start.
TEST_F(AdoptStopTest, StopLeavesWhatKillModeSpares) {
    configure(service("notify", {"--append", path("starts"), "--child-session", "{", "--append",
                                 path("kids"), "}", "--await", path("kids"), "--notify"}) +
              "kill-mode = \"process\"\n");
    started();
    const std::string kid = lines("kids").front();
    kill_both();
    EXPECT_EQ(stop().out, name() + ": stopped; left running: PID " + kid + "\n");
    EXPECT_EQ(lines("starts").size(), 1U);
    EXPECT_EQ(stop().out, name() + ": not running\n");
    send_signal(std::atoi(kid.c_str()), SIGKILL);
    EXPECT_TRUE(await_gone(std::atoi(kid.c_str())));
}

TEST_F(AdoptStopTest, NobodyIsLeftToAdopt) {
    const pid_t main = orphaned(plain());
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await_gone(main));
    EXPECT_EQ(status().code, 1) << "dead, but its pid file exists";
    started();
    EXPECT_EQ(alive("starts"), 1U);
    stopped();
}

TEST_F(AdoptStopTest, ServiceThatIsNotReadyYet) {
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
TEST_F(AdoptStopTest, ServiceInTheMidstOfItsStop) {
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

TEST_F(AdoptStopTest, StopGoesOnWithoutTheLauncher) {
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

TEST_F(AdoptStopTest, HookWithoutItsLauncherDoesNotStay) {
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

TEST_F(AdoptStopTest, PendingRestartIsForgotten) {
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

} // namespace amphid::test
