// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// No room, no memory, nothing that can be written: a service that runs is worth more than what is
// written of it.

#include "adopt.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class ScarceTest : public AdoptTest {
protected:
    void TearDown() override {
        for (const std::string& place : mounted_)
            ::umount2(place.c_str(), MNT_DETACH);
        ProcessTest::TearDown();
    }

    /// Comes back after each crash and reloads by HUP.
    std::string lasting(const std::string& more = "") const {
        return service("notify", {"--append", path("starts"), "--on", "HUP", "{", "--append",
                                  path("reloads"), "}", "--exit-on", "TERM:0", "--notify"}) +
               "reload-signal = \"HUP\"\nrestart = \"always\"\nrestart-sec = \"10ms\"\n" + more;
    }

    void mount_at(const std::string& place, const char* kind, const char* options) {
        std::filesystem::create_directories(place);
        ASSERT_EQ(::chmod(place.c_str(), 0755), 0);
        const bool bind = std::string(kind) == "bind";
        ASSERT_EQ(::mount(bind ? place.c_str() : kind, place.c_str(), bind ? nullptr : kind,
                          bind ? static_cast<unsigned long>(MS_BIND) : 0UL, options),
                  0);
        mounted_.push_back(place);
    }

    static void set_writable(const std::string& place, bool writable) {
        ASSERT_EQ(::mount(nullptr, place.c_str(), nullptr,
                          MS_REMOUNT | MS_BIND | (writable ? 0UL : 1UL * MS_RDONLY), nullptr),
                  0);
    }

    void fill() const {
        const int fd =
            ::open(runtime("filler").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        const std::string much(4096, 'x');
        while (::write(fd, much.data(), much.size()) > 0) {
        }
        EXPECT_EQ(errno, ENOSPC);
        ::close(fd);
    }

    /// The launcher starts another one after a crash, and goes on itself.
    void crash(pid_t pid) {
        const std::size_t before = lines("starts").size();
        const pid_t main = children_of(pid).at(0);
        send_signal(main, SIGKILL);
        ASSERT_TRUE(await_lines("starts", before + 1));
        EXPECT_TRUE(await_gone(main));
        EXPECT_TRUE(is_alive(pid));
        EXPECT_EQ(lines("starts").size(), before + 1) << "a second copy";
    }

private:
    std::vector<std::string> mounted_;
};

TEST_F(ScarceTest, AFullFileSystemKeepsNothingFromRunning) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a mount";
    mount_at(runtime(), "tmpfs", "mode=755,size=32k");
    configure(lasting());
    const pid_t pid = started();
    fill();
    for (int round = 0; round < 2; ++round) {
        const pid_t main = main_pid();
        crash(pid);
        ASSERT_TRUE(await("the new main process in the state", [&] { return runs_anew(main); }));
        EXPECT_EQ(status().code, 0);
        EXPECT_EQ(amphid({"reload", config()}).code, 0);
        EXPECT_EQ(start().code, 0);
    }
    EXPECT_EQ(lines("starts").size(), 3U);
    stopped();
    std::filesystem::remove(runtime("filler"));
    started();
    stopped();
}

TEST_F(ScarceTest, ADirectoryWithoutWritersEndsNoServiceAndHoldsNoCommand) {
    if (::getuid() == 0)
        GTEST_SKIP() << "root may write everywhere";
    const std::string main_file = path("pids/main");
    ASSERT_EQ(::mkdir(path("pids").c_str(), 0755), 0);
    configure(lasting("timeout-start-sec = \"500ms\"\n[launcher]\nservice-pid-file = " +
                      quoted(main_file) + "\n"));
    const pid_t pid = started();
    for (const std::string& place : {runtime(), path("pids")})
        ASSERT_EQ(::chmod(place.c_str(), 0555), 0);
    crash(pid);
    EXPECT_EQ(status().code, 4) << "the state names a process that is gone, the launcher lives";
    const Outcome outcome = amphid({"reload", config()});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "no answer to the reload within ");
    expect_words(outcome.err, runtime("state"));
    start();
    for (const std::string& place : {runtime(), path("pids")})
        ASSERT_EQ(::chmod(place.c_str(), 0755), 0);
    EXPECT_EQ(status().code, 0);
    EXPECT_EQ(launcher(), pid);
    EXPECT_EQ(read_file(main_file), std::to_string(main_pid()) + "\n");
    EXPECT_EQ(lines("starts").size(), 2U);
    stopped();
}

// A launcher that a debugger holds answers nobody: whoever waits for it says so, and ends.
TEST_F(ScarceTest, EveryWaitHasAnEnd) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a debugger's rights";
    configure(service("notify", {"--append", path("starts"), "--notify-after", path("go")}) +
              "timeout-start-sec = 3\ntimeout-stop-sec = \"100ms\"\n");
    Program& first = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("starts", 1));
    ASSERT_TRUE(await_state("start"));
    const std::string pid = std::to_string(launcher());
    Program& holder = spawn({.command = {helper_binary(), "hold", pid, path("held")}});
    ASSERT_TRUE(await_file("held"));
    ASSERT_EQ(state("state"), "start");
    Program& second = spawn_amphid({"start", config()});
    Program& stop = spawn_amphid({"stop", config()});
    const Outcome joined = finish(second);
    EXPECT_EQ(joined.code, 1);
    expect_words(joined.err, "PID " + pid + ", which starts it, has made no progress for ");
    const Outcome stopped = finish(stop);
    EXPECT_EQ(stopped.code, 1);
    expect_words(stopped.err, "its launcher, PID " + pid + ", is still alive after ");
    send_signal(holder.pid, SIGKILL);
    finish(holder);
    EXPECT_EQ(finish(first).code, 1) << "the stop counts";
    expect_nobody_left();
    EXPECT_EQ(lines("starts").size(), 1U);
}

TEST_F(ScarceTest, ATakeOverThatFailsLeavesTheServiceAlone) {
    const pid_t main = orphaned(plain());
    const Outcome outcome = amphid(
        {"start", config()},
        {.command = {helper_binary(), "denying", "vfork,fork,clone", std::to_string(EAGAIN)}});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, name() + ": cannot fork the daemon: ");
    EXPECT_TRUE(is_alive(main));
    expect_adopted(main);
    EXPECT_EQ(lines("starts").size(), 1U);
    stopped();
}

TEST_F(ScarceTest, ATakeOverThatFailsBehindTheForkDoesToo) {
    const pid_t main = orphaned(plain());
    const pid_t dead = launcher();
    const Outcome outcome =
        amphid({"start", config()},
               {.command = {helper_binary(), "denying", "epoll_create1", std::to_string(EMFILE)}});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(launcher(), dead) << "the state names a launcher that is exiting";
    expect_words(outcome.err, name() + ": not taken over, it goes on without a launcher: ");
    EXPECT_TRUE(is_alive(main));
    expect_adopted(main);
    EXPECT_EQ(lines("starts").size(), 1U);
    stopped();
}

TEST_F(ScarceTest, ATakeOverWithoutRoomLeavesTheServiceAlone) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a mount";
    mount_at(runtime(), "tmpfs", "mode=755,size=32k");
    const pid_t main = orphaned(plain());
    fill();
    start(); // it may or may not find what it needs
    EXPECT_TRUE(is_alive(main));
    EXPECT_EQ(main_pid(), main);
    std::filesystem::remove(runtime("filler"));
    EXPECT_EQ(start().code, 0);
    EXPECT_EQ(main_pid(), main);
    EXPECT_EQ(lines("starts").size(), 1U);
    EXPECT_EQ(status().code, 0);
    stopped();
}

TEST_F(ScarceTest, ABootIdThatCouldNotBeReadProvesNothing) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a mount";
    configure(plain());
    write("empty", "");
    const Launch hidden{.command = {"unshare", "--mount", "bash", "-c",
                                    "mount --bind \"$0\" /proc/sys/kernel/random/boot_id && "
                                    "exec \"$@\"",
                                    path("empty")}};
    ASSERT_EQ(amphid({"start", config()}, hidden).code, 0);
    EXPECT_EQ(state("launcher.boot-id"), "");
    const pid_t pid = launcher();
    const pid_t main = main_pid();
    EXPECT_EQ(status().code, 0);
    expect_words(start().out, "already running (PID " + std::to_string(pid));
    send_signal(pid, SIGKILL);
    ASSERT_TRUE(await_gone(pid));
    expect_adopted(main);
    EXPECT_EQ(lines("starts").size(), 1U);
    stopped();
    expect_nobody_left();
}

// Whoever reads a pid file believes it.
TEST_F(ScarceTest, AStopThatLeavesAPidFileIsNoSuccess) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a mount";
    mount_at(path("pids"), "bind", nullptr);
    for (const char* key : {"pid-file", "service-pid-file"}) {
        configure(plain() + "[launcher]\n" + key + " = " + quoted(path("pids/web.pid")) + "\n");
        started();
        set_writable(path("pids"), false);
        const Outcome outcome = stop();
        EXPECT_EQ(outcome.code, 1) << key;
        expect_words(outcome.err, "its pid file, " + path("pids/web.pid") + ", cannot be removed");
        set_writable(path("pids"), true);
        ASSERT_EQ(::unlink(path("pids/web.pid").c_str()), 0);
        EXPECT_EQ(stop().code, 0);
    }
}

TEST_F(ScarceTest, AForegroundThatLeavesAPidFileDoesNotEndWithZero) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a mount";
    mount_at(path("pids"), "bind", nullptr);
    for (const char* key : {"pid-file", "service-pid-file"}) {
        configure(service("notify", {"--exit-on", "TERM:0", "--notify"}) + "[launcher]\n" + key +
                  " = " + quoted(path("pids/web.pid")) + "\n");
        Program& run = spawn_amphid({"run", config()});
        ASSERT_TRUE(await_state("running"));
        set_writable(path("pids"), false);
        send_signal(run.pid, SIGTERM);
        const Outcome outcome = finish(run);
        EXPECT_EQ(outcome.code, 1) << key;
        expect_words(outcome.err, "cannot remove " + path("pids/web.pid") + ": Read-only");
        set_writable(path("pids"), true);
        ASSERT_EQ(::unlink(path("pids/web.pid").c_str()), 0);
    }
}

TEST_F(ScarceTest, DraftsOfAKilledLauncherAreGoneWhereverTheyAre) {
    std::filesystem::create_directories(path("pids"));
    configure(service("notify", {"--notify-after", path("go")}) +
              "[launcher]\npid-file = " + quoted(path("pids/web.pid")) +
              "\nservice-pid-file = " + quoted(path("pids/main.pid")) + "\n");
    const auto files = [&] {
        std::vector<std::string> out;
        for (const auto& file : std::filesystem::directory_iterator(path("pids")))
            out.push_back(file.path().filename());
        std::sort(out.begin(), out.end());
        return out;
    };
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await("two drafts", [&] { return files().size() == 2; }));
    send_signal(launcher(), SIGKILL);
    EXPECT_EQ(finish(command).code, 1);
    EXPECT_EQ(files().size(), 2U) << "nobody had the time";
    write("go", "");
    started();
    EXPECT_EQ(files(), (std::vector<std::string>{"main.pid", "web.pid"}));
    // So are the files themselves.
    const pid_t pid = launcher();
    send_signal(pid, SIGKILL);
    ASSERT_TRUE(await_gone(pid));
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(files(), std::vector<std::string>());
}

TEST_F(ScarceTest, WithoutMemoryALauncherGoesOn) {
    if (is_sanitized())
        GTEST_SKIP() << "a sanitizer's address space is no measure";
    configure(lasting());
    const pid_t pid = started();
    crash(pid); // what the first one needs besides is there by now
    ASSERT_TRUE(await_state("running"));
    const rlim_t used = std::strtoull(status_of(pid)["VmSize"].c_str(), nullptr, 10) << 10;
    const rlimit none{used, used};
    ASSERT_EQ(::prlimit(pid, RLIMIT_AS, &none, nullptr), 0);
    for (int round = 0; round < 3; ++round) {
        crash(pid);
        ASSERT_TRUE(await_state("running"));
        EXPECT_EQ(amphid({"reload", config()}).code, 0);
        EXPECT_EQ(launcher(), pid);
    }
    stopped();
}

TEST_F(ScarceTest, WithoutDescriptorsAStopStillSaysTermFirst) {
    configure(service("notify", {"--on", "TERM", "{", "--append", path("termed"), "--exit", "0",
                                 "}", "--notify"}));
    const pid_t pid = started();
    const rlimit none{3, 3}; // what is open stays open
    ASSERT_EQ(::prlimit(pid, RLIMIT_NOFILE, &none, nullptr), 0);
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(lines("termed").size(), 1U);
    EXPECT_FALSE(exists(runtime("pid")));
    expect_nobody_left();
}

TEST_F(ScarceTest, WithoutWaitidTheEndOfAllIsSeen) {
    configure(lasting());
    const Launch sandbox{.command = {helper_binary(), "denying", "waitid", std::to_string(EPERM)}};
    ASSERT_EQ(amphid({"start", config()}, sandbox).code, 0);
    crash(launcher());
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(amphid({"stop", config()}, sandbox).code, 0);
    expect_nobody_left();
}

} // namespace amphid::test
