// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The whole tree, proven empty: whatever a service forks, and however often.

#include "fixture.h"
#include "helper/file.h"
#include "soak.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class TreeTest : public ProcessTest {
protected:
    std::string hydra(const std::string& more = "timeout-stop-sec = \"100ms\"\n") const {
        return service("notify", {"--ignore", "TERM", "--hydra", "4", path("heads"), "--await",
                                  path("heads"), "--notify"}) +
               more;
    }

    /// Nobody who ever was a head is alive.
    void expect_no_head() {
        for (const std::string& pid : lines("heads"))
            EXPECT_FALSE(is_alive(std::atoi(pid.c_str()))) << "head " << pid << " is left";
        expect_nobody_left();
    }
};

// The hydra must be one, or its tests prove nothing.
TEST_F(TreeTest, HydraGrowsItsHeadsAgain) {
    configure(hydra());
    started();
    ASSERT_TRUE(await_lines("heads", 4));
    const std::vector<std::string> heads = lines("heads");
    for (std::size_t i = 0; i < 3; ++i)
        send_signal(std::atoi(heads[i].c_str()), SIGKILL);
    ASSERT_TRUE(await_lines("heads", 7));
    EXPECT_EQ(state("state"), "running");
    stopped();
    expect_no_head();
}

TEST_F(TreeTest, HydraIsStoppedEachTime) {
    configure(hydra());
    for (int round = 0; round < rounds(20, 500) && !HasFailure(); ++round) {
        started();
        stopped();
        EXPECT_EQ(state("survivors"), "");
        expect_no_head();
        ::unlink(path("heads").c_str());
    }
}

/// In systemd's own tree no cgroup is made: there is only the walk.
class WalkTest : public TreeTest {
protected:
    void SetUp() override {
        TreeTest::SetUp();
        made_ = ::mkdir("/run/systemd", 0755) == 0;
        if (made_)
            ::mkdir("/run/systemd/system", 0755);
    }

    void TearDown() override {
        if (made_) {
            ::rmdir("/run/systemd/system");
            ::rmdir("/run/systemd");
        }
        TreeTest::TearDown();
    }

private:
    bool made_ = false;
};

TEST_F(WalkTest, HydraIsStoppedEachTime) {
    configure(hydra());
    for (int round = 0; round < rounds(20, 500) && !HasFailure(); ++round) {
        started({"--daemon"});
        EXPECT_EQ(state("cgroup"), "");
        stopped();
        EXPECT_EQ(state("survivors"), "");
        expect_no_head();
        ::unlink(path("heads").c_str());
    }
}

TEST_F(WalkTest, HoppingProcessIsCaught) {
    for (const char* microseconds : {"200", "1000", "5000"}) {
        configure(service("notify", {"--hop", microseconds, "--notify"}) +
                  "timeout-stop-sec = \"100ms\"\n");
        started({"--daemon"});
        stopped();
        EXPECT_EQ(state("survivors"), "") << microseconds;
        expect_nobody_left();
    }
}

// Without a launcher nothing but its environment tells whose it is, and no SIGCHLD tells of its
// hops.
TEST_F(WalkTest, HoppingOrphanIsCaught) {
    for (const char* microseconds : {"500", "1000", "5000"}) {
        configure(service("notify", {"--hop", microseconds, "--notify"}) +
                  "timeout-stop-sec = \"100ms\"\n");
        started({"--daemon"});
        const pid_t dead = launcher();
        send_signal(dead, SIGKILL);
        ASSERT_TRUE(await_gone(dead));
        const Outcome outcome = stop();
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        expect_nobody_left();
    }
}

TEST_F(TreeTest, HydraEndsWithItsMainProcess) {
    configure(hydra());
    for (int round = 0; round < rounds(5, 100) && !HasFailure(); ++round) {
        const pid_t pid = started();
        send_signal(main_pid(), SIGKILL);
        ASSERT_TRUE(await_gone(pid));
        EXPECT_EQ(state("result"), "signal");
        expect_no_head();
        ::unlink(path("heads").c_str());
    }
}

TEST_F(TreeTest, HydraIsGoneBeforeTheNextStart) {
    configure(service("notify", {"--append", path("starts"), "--ignore", "TERM", "--hydra", "3",
                                 path("heads"), "--notify"}) +
              "timeout-stop-sec = \"100ms\"\nrestart = \"always\"\nrestart-sec = 0\n"
              "start-limit-burst = 0\n");
    started();
    const std::vector<std::string> first = lines("heads");
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("starts", 2));
    for (const std::string& pid : first)
        EXPECT_FALSE(is_alive(std::atoi(pid.c_str()))) << "beside the new copy";
    ASSERT_TRUE(await_state("running"));
    stopped();
    expect_no_head();
}

// A process that no two looks find at the same number.
TEST_F(TreeTest, HoppingProcessIsCaught) {
    for (const char* microseconds : {"200", "1000", "5000"}) {
        configure(service("notify", {"--hop", microseconds, "--notify"}) +
                  "timeout-stop-sec = \"100ms\"\n");
        started();
        stopped();
        EXPECT_EQ(state("survivors"), "") << microseconds;
        expect_nobody_left();
    }
}

TEST_F(TreeTest, ForkBombIsDefused) {
    configure("[service]\nexec-start = " +
              shell("trap '' TERM; n=0; while test $n -lt 200; do sleep 1000 & n=$((n+1)); done; : "
                    ">" +
                    path("bomb") + "; wait") +
              "\ntimeout-stop-sec = \"100ms\"\n");
    started();
    ASSERT_TRUE(await_file("bomb"));
    stopped();
    expect_nobody_left();
}

// Nobody else's processes are touched, though they are children of the same parent.
TEST_F(TreeTest, NeighboursAreLeftAlone) {
    Program& neighbour = spawn({.command = {helper_binary(), "serve", "--fork", "1",
                                            "--setsid-child", "--append", path("neighbour")}});
    ASSERT_TRUE(await_lines("neighbour", 1));
    const std::vector<pid_t> theirs = descendants_of(neighbour.pid);
    EXPECT_EQ(theirs.size(), 2U);
    configure(hydra());
    started();
    stopped();
    for (const pid_t pid : theirs) {
        EXPECT_TRUE(is_alive(pid));
        send_signal(pid, SIGKILL);
        EXPECT_TRUE(await_gone(pid));
    }
    send_signal(neighbour.pid, SIGKILL);
    finish(neighbour);
}

// An `exec amphid run` in a shell script: what the script started before is not the service's.
TEST_F(TreeTest, ChildrenFromBeforeAreLeftAlone) {
    configure(hydra());
    Program& run =
        spawn({.command = {"bash", "-c",
                           "sleep 1000 & echo $! >" + path("before") + "; exec \"$0\" run \"$1\"",
                           amphid_binary(), config()}});
    ASSERT_TRUE(await_state("running"));
    send_signal(run.pid, SIGTERM);
    finish(run);
    const pid_t before = std::atoi(read("before").c_str());
    EXPECT_TRUE(is_alive(before)) << "it was there before the service";
    send_signal(before, SIGKILL);
    EXPECT_TRUE(await_gone(before));
    expect_no_head();
}

} // namespace amphid::test
