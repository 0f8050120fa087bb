// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// "Cannot be read" is not "is not there": a launcher whose files are gone is found all the same,
// and what nobody can know is called unknown.

#include "fixture.h"
#include "helper/file.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class LostFilesTest : public ProcessTest {
protected:
    std::string plain() const {
        return service("notify", {"--append", path("starts"), "--exit-on", "TERM:0", "--notify"});
    }

    /// Its launcher lives, and no file says so.
    void expect_found_all_the_same(pid_t pid) {
        const std::string words = "its launcher, PID " + std::to_string(pid) + ", is alive";
        const Outcome seen = status();
        EXPECT_EQ(seen.code, 4) << seen.out;
        expect_words(seen.out, "unknown");
        const Outcome reload = amphid({"reload", config()});
        EXPECT_EQ(reload.code, 1) << reload.out;
        expect_words(reload.err, words);
        for (const char* verb : {"start", "run"})
            EXPECT_EQ(amphid({verb, config()}).code, 6) << verb << ": no place for files";
        EXPECT_EQ(lines("starts").size(), 1U) << "a second copy";
        const Outcome outcome = stop();
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_FALSE(is_alive(pid));
        expect_nobody_left();
    }
};

// made_again_test.cpp has what a launcher makes again; this it cannot.
TEST_F(LostFilesTest, SomethingElseInPlaceOfTheDirectory) {
    configure(plain());
    const pid_t pid = started();
    std::filesystem::remove_all(runtime());
    const std::string place = runtime().substr(0, runtime().find_last_not_of('/') + 1);
    ASSERT_TRUE(write_file(place, ""));
    expect_found_all_the_same(pid);
    std::filesystem::remove(place);
}

// Whoever has the new lock sees that the launcher without one lives.
TEST_F(LostFilesTest, LockRemoved) {
    configure(plain());
    const pid_t pid = started();
    ASSERT_EQ(::unlink(runtime("lock").c_str()), 0);
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(outcome.out, "already running (PID " + std::to_string(pid));
    EXPECT_EQ(launcher(), pid);
    EXPECT_EQ(lines("starts").size(), 1U) << "a second copy";
    EXPECT_EQ(amphid({"run", config()}).code, 1);
    stopped();
}

TEST_F(LostFilesTest, AHeldLockIsEvidence) {
    configure(plain());
    started();
    stopped();
    ASSERT_EQ(::unlink(runtime("state").c_str()), 0);
    const int lock = ::open(runtime("lock").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
    EXPECT_EQ(status().code, 4);
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "somebody holds " + runtime("lock"));
    ::close(lock);
    EXPECT_EQ(stop().code, 0);
}

// Whom a stop could not end is still there: nothing is started beside him.
TEST_F(LostFilesTest, ASurvivorIsNamedUntilHeIsGone) {
    configure(plain());
    started();
    stopped();
    Program& survivor =
        spawn({.command = {helper_binary(), "serve", "--ready-file", path("survives")}});
    ASSERT_TRUE(await_file("survives"));
    const std::string pid = std::to_string(survivor.pid);
    std::string text = read_file(runtime("state")).value_or("");
    const auto set = [&text](const std::string& key, const std::string& value) {
        const std::size_t at = text.find("\n" + key + "=");
        ASSERT_NE(at, std::string::npos) << key;
        text.insert(at + key.size() + 2, value);
    };
    set("survivors", pid);
    set("survivors-began", std::to_string(stat_of(survivor.pid)->start_time));
    ASSERT_TRUE(write_file(runtime("state"), text));
    EXPECT_EQ(status().code, 4);
    expect_words(status().out, "PID " + pid);
    for (const char* verb : {"start", "run", "stop"}) {
        const Outcome outcome = amphid({verb, config()});
        EXPECT_EQ(outcome.code, 1) << verb;
        expect_words(outcome.err, verb == std::string("stop")
                                      ? "could not kill PID " + pid
                                      : "PID " + pid + " survived the last stop");
    }
    EXPECT_EQ(lines("starts").size(), 1U);
    send_signal(survivor.pid, SIGKILL);
    finish(survivor);
    EXPECT_EQ(status().code, 3);
    EXPECT_EQ(stop().code, 0);
    started();
    stopped();
}

// A plain user's launcher whom the kernel refuses: a child has become root, by a set-user-ID
// program.
TEST_F(LostFilesTest, WhomTheLauncherMayNotKillIsNamedUntilHeIsGone) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a program of root's";
    if (std::getenv("AMPHID_SOAK") == nullptr)
        GTEST_SKIP() << "waits 10 s for whom SIGKILL does not end: only in the soak";
    ASSERT_EQ(::chmod(path("").c_str(), 01777), 0);
    std::filesystem::copy_file("/usr/bin/setpriv", path("lift"));
    ASSERT_EQ(::chmod(path("lift").c_str(), 04755), 0);
    ASSERT_EQ(::mkdir(path("users").c_str(), 0700), 0);
    ASSERT_EQ(::chown(path("users").c_str(), 65534, 65534), 0);
    const Launch user{.command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"},
                      .environment = {{"XDG_RUNTIME_DIR", path("users")}}};
    const std::string serve = helper_binary() + " serve ";
    configure("[service]\ntype = \"notify\"\ntimeout-stop-sec = \"100ms\"\nexec-start = " +
              shell(path("lift") + " --reuid=0 --regid=0 --clear-groups " + serve +
                    "--ready-file " + path("survives") + " & exec " + serve + "--append " +
                    path("starts") + " --await " + path("survives") + " --notify") +
              "\n");
    const auto ask = [&](const char* verb) { return amphid({verb, config()}, user); };
    ASSERT_EQ(ask("start").code, 0);
    const pid_t survivor = std::atoi(read("survives").c_str());
    const std::string words = "PID " + std::to_string(survivor);
    const Outcome end = ask("stop");
    EXPECT_EQ(end.code, 1) << end.out;
    expect_words(end.err, words);
    for (const bool lost : {false, true}) {
        if (lost) // as much as can be taken away
            std::filesystem::remove_all(path("users/amphid"));
        for (const char* verb : {"start", "run", "stop"}) {
            const Outcome outcome = ask(verb);
            EXPECT_EQ(outcome.code, 1) << verb << ": " << outcome.out;
            expect_words(outcome.err, words);
        }
        EXPECT_EQ(ask("status").code, 4);
    }
    EXPECT_EQ(lines("starts").size(), 1U) << "a second copy";
    send_signal(survivor, SIGKILL);
    ASSERT_TRUE(await_gone(survivor));
    ASSERT_EQ(::unlink(path("survives").c_str()), 0);
    EXPECT_EQ(ask("start").code, 0);
    EXPECT_EQ(lines("starts").size(), 2U);
    send_signal(std::atoi(read("survives").c_str()), SIGKILL);
    EXPECT_EQ(ask("stop").code, 0);
}

TEST_F(LostFilesTest, AStatusThatNobodyGotIsUnknown) {
    configure(plain());
    started();
    const Outcome outcome = run({.command = {"bash", "-c", "exec \"$0\" status \"$1\" >/dev/full",
                                             amphid_binary(), config()}});
    EXPECT_EQ(outcome.code, 4) << outcome.err;
    stopped();
}

TEST_F(LostFilesTest, AStateThatCannotBeBelievedIsUnknown) {
    configure(plain());
    started();
    stopped();
    write_file(runtime("pid"), "1\n");
    ASSERT_EQ(::unlink(runtime("state").c_str()), 0);
    ASSERT_EQ(::symlink("/dev/null", runtime("state").c_str()), 0);
    EXPECT_EQ(status().code, 4) << "whatever the pid file says";
    ASSERT_EQ(::unlink(runtime("state").c_str()), 0);
    EXPECT_EQ(status().code, 1);
    ::unlink(runtime("pid").c_str());
}

// Whoever reads a pid file believes it.
TEST_F(LostFilesTest, AStopThatLeavesThePidFileIsNoSuccess) {
    if (::getuid() == 0)
        GTEST_SKIP() << "root may remove any file";
    ASSERT_EQ(::mkdir(path("pids").c_str(), 0755), 0);
    configure(plain() + "[launcher]\npid-file = " + quoted(path("pids/pid")) + "\n");
    started();
    ASSERT_EQ(::chmod(path("pids").c_str(), 0555), 0);
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "its pid file, " + path("pids/pid") + ", cannot be removed");
    ASSERT_EQ(::chmod(path("pids").c_str(), 0755), 0);
    ::unlink(path("pids/pid").c_str());
    EXPECT_EQ(stop().code, 0);
}

TEST_F(LostFilesTest, WithoutPidfdsNothingIsStarted) {
    configure(plain());
    for (const char* call : {"pidfd_open", "pidfd_send_signal"})
        for (const int error : {ENOSYS, EPERM}) {
            const Launch sandbox{
                .command = {helper_binary(), "denying", call, std::to_string(error)}};
            for (const char* verb : {"start", "run", "stop", "status"}) {
                const Outcome outcome = amphid({verb, config()}, sandbox);
                const bool not_known = error == EPERM || verb == std::string("status");
                EXPECT_EQ(outcome.code, not_known ? 4 : 1) << call << verb;
                expect_words(outcome.err, "cannot do without pidfds");
            }
        }
    EXPECT_FALSE(exists(path("starts")));
}

TEST_F(LostFilesTest, WithoutProcNothingIsStarted) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a mount";
    if (is_sanitized())
        GTEST_SKIP() << "AddressSanitizer itself needs /proc";
    configure(plain());
    const Outcome outcome =
        amphid({"start", config()}, {.command = {"unshare", "--mount", "bash", "-c",
                                                 "mount -t tmpfs none /proc && exec \"$@\"", "-"}});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "cannot do without /proc");
    EXPECT_FALSE(exists(path("starts")));
}

// What can be done the older way is.
TEST_F(LostFilesTest, OlderKernelsAndSandboxesWillDo) {
    configure(plain());
    for (const int error : {ENOSYS, EPERM}) {
        const Launch sandbox{.command = {helper_binary(), "denying",
                                         "openat2,faccessat,faccessat2,access,inotify_init1,clone3",
                                         std::to_string(error)}};
        const Outcome outcome = amphid({"start", config()}, sandbox);
        EXPECT_EQ(outcome.code, 0) << error << outcome.err;
        EXPECT_EQ(amphid({"status", config()}, sandbox).code, 0) << error;
        EXPECT_EQ(amphid({"stop", config()}, sandbox).code, 0) << error;
        expect_nobody_left();
    }
}

} // namespace amphid::test
