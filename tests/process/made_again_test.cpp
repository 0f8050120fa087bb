// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Somebody takes the files of a service that runs: its launcher makes them again, and nobody makes
// a second copy.

#include "fixture.h"
#include "helper/file.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class MadeAgainTest : public ProcessTest {
protected:
    void SetUp() override {
        ProcessTest::SetUp();
        configure(service("notify", {"--append", path("starts"), "--on", "HUP", "{", "--append",
                                     path("reloads"), "}", "--on", "USR1", "{", "--status", "heard",
                                     "}", "--exit-on", "TERM:0", "--notify"}) +
                  "reload-signal = \"HUP\"\nrestart = \"always\"\nrestart-sec = \"10ms\"\n");
    }

    bool is_locked() const {
        const int fd = ::open(runtime("lock").c_str(), O_RDONLY | O_CLOEXEC);
        const bool locked = fd >= 0 && ::flock(fd, LOCK_SH | LOCK_NB) < 0 && errno == EWOULDBLOCK;
        ::close(fd);
        return locked;
    }

    bool is_whole(pid_t pid) const {
        return launcher() == pid && is_locked() && exists(runtime("notify")) &&
               read_file(runtime("pid")) == std::to_string(pid) + "\n";
    }

    /// Everything that is done with a service is done with this one.
    void expect_as_good_as_new(pid_t pid) {
        EXPECT_TRUE(is_whole(pid));
        const Outcome again = start();
        EXPECT_EQ(again.code, 0) << again.err;
        expect_words(again.out, "already running (PID " + std::to_string(pid));
        EXPECT_EQ(amphid({"reload", config()}).code, 0);
        const pid_t main = main_pid();
        send_signal(main, SIGUSR1);
        EXPECT_TRUE(await_field("status-text", "heard"));
        EXPECT_EQ(lines("starts").size(), 1U) << "a second copy";
        send_signal(main, SIGKILL);
        ASSERT_TRUE(await("another main process", [&] { return runs_anew(main); }));
        EXPECT_EQ(lines("starts").size(), 2U);
        EXPECT_EQ(status().code, 0);
        EXPECT_EQ(launcher(), pid);
        stopped();
        expect_nobody_left();
    }

    /// Nobody but the launcher itself notices.
    void expect_made_again(pid_t pid) {
        if (exists("/proc/sys/fs/dir-notify-enable")) {
            ASSERT_TRUE(await("the files to be there again", [&] { return is_whole(pid); }));
        } else {
            EXPECT_EQ(status().code, 0);
        }
        expect_as_good_as_new(pid);
    }
};

TEST_F(MadeAgainTest, StateRemoved) {
    const pid_t pid = started();
    ASSERT_EQ(::unlink(runtime("state").c_str()), 0);
    expect_made_again(pid);
}

TEST_F(MadeAgainTest, LockRemoved) {
    const pid_t pid = started();
    ASSERT_EQ(::unlink(runtime("lock").c_str()), 0);
    expect_made_again(pid);
}

TEST_F(MadeAgainTest, NotifySocketRemoved) {
    const pid_t pid = started();
    ASSERT_EQ(::unlink(runtime("notify").c_str()), 0);
    expect_made_again(pid);
}

TEST_F(MadeAgainTest, DirectoryEmptied) {
    const pid_t pid = started();
    for (const char* file : {"lock", "notify", "pid", "state"})
        ASSERT_EQ(::unlink(runtime(file).c_str()), 0) << file;
    expect_made_again(pid);
}

TEST_F(MadeAgainTest, DirectoryRemoved) {
    const pid_t pid = started();
    std::filesystem::remove_all(runtime());
    expect_made_again(pid);
}

TEST_F(MadeAgainTest, CommandsAskForFilesThatAreMissing) {
    for (const char* verb : {"status", "start", "reload"}) {
        const pid_t pid = started();
        std::filesystem::remove_all(runtime());
        EXPECT_EQ(amphid({verb, config()}).code, 0) << verb;
        EXPECT_TRUE(is_whole(pid)) << verb;
        stopped();
    }
    EXPECT_EQ(lines("starts").size(), 3U);
}

// The kernel does not tell of that; the first command that looks does.
TEST_F(MadeAgainTest, DirectoryRenamed) {
    const pid_t pid = started();
    const std::string renamed = runtime_base() + "-" + name(); // where nobody looks for services
    std::filesystem::rename(runtime(), renamed);
    EXPECT_EQ(status().code, 0);
    EXPECT_TRUE(std::filesystem::is_empty(renamed)) << "who reads that would believe it";
    std::filesystem::remove_all(renamed);
    expect_as_good_as_new(pid);
}

TEST_F(MadeAgainTest, StateOverwritten) {
    const pid_t pid = started();
    ASSERT_TRUE(write_file(runtime("state"), "amphid-state 1\nname=other\n"));
    EXPECT_EQ(status().code, 0);
    expect_as_good_as_new(pid);
}

TEST_F(MadeAgainTest, DirectoryMountedOverAndUnmounted) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a mount";
    const pid_t pid = started();
    ASSERT_EQ(::mount("tmpfs", runtime().c_str(), "tmpfs", 0, "mode=755"), 0);
    EXPECT_EQ(status().code, 0);
    EXPECT_TRUE(is_whole(pid));
    ASSERT_EQ(::umount2(runtime().c_str(), MNT_DETACH), 0);
    EXPECT_EQ(status().code, 0);
    expect_as_good_as_new(pid);
}

// A stop needs no files, and neither does the next start.
TEST_F(MadeAgainTest, AStopAtOnce) {
    for (int round = 0; round < 3; ++round) {
        const pid_t pid = started();
        std::filesystem::remove_all(runtime());
        EXPECT_EQ(stop().code, 0);
        EXPECT_FALSE(is_alive(pid));
        expect_nobody_left();
    }
}

} // namespace amphid::test
