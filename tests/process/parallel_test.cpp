// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Many starts at once make one service, and every one of them says which.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <filesystem>
#include <set>

namespace amphid::test {

using ParallelTest = ProcessTest;

TEST_F(ParallelTest, TwoHundredStartsOneService) {
    configure(service("notify", {"--append", path("starts"), "--notify"}));
    std::vector<Program*> starts;
    for (int i = 0; i < 200; ++i)
        starts.push_back(&spawn_amphid({"start", config()}));
    std::size_t winners = 0;
    std::size_t others = 0;
    for (Program* one : starts) {
        const Outcome outcome = finish(*one);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        const std::string process = " (PID " + std::to_string(launcher()) + ", main PID " +
                                    std::to_string(main_pid()) + ")\n";
        winners += outcome.out == name() + ": ready" + process;
        others += outcome.out == name() + ": already running" + process;
        EXPECT_TRUE(outcome.pipes_closed);
    }
    EXPECT_EQ(winners, 1U);
    EXPECT_EQ(others, 199U);
    EXPECT_EQ(lines("starts").size(), 1U);
    EXPECT_EQ(descendants_of(::getpid()).size(), 2U) << "a launcher and its service";
    stopped();
}

// All of them wait at the same time: more of them than a user has inotify instances (128).
TEST_F(ParallelTest, TwoHundredStartsThatAllWait) {
    configure(service("notify", {"--append", path("starts"), "--notify-after", path("go")}));
    std::vector<Program*> starts;
    for (int i = 0; i < 200; ++i)
        starts.push_back(&spawn_amphid({"start", config()}));
    // Each has been seen asleep, not all at once: some look around now and then.
    std::vector<Program*> awake = starts;
    ASSERT_TRUE(await("every start to have slept", [&] {
        std::erase_if(awake, [](const Program* one) {
            const auto stat = stat_of(one->pid);
            return one->status || (stat && stat->state == 'S');
        });
        return awake.empty();
    }));
    ASSERT_TRUE(await_lines("starts", 1));
    write("go", "");
    for (Program* one : starts)
        EXPECT_EQ(finish(*one).code, 0) << one->error;
    EXPECT_EQ(lines("starts").size(), 1U);
    stopped();
}

TEST_F(ParallelTest, TwentyStartsThatAllLearnOfTheFailure) {
    configure(service("notify", {"--append", path("starts"), "--exit", "7"}));
    std::vector<Program*> starts;
    for (int i = 0; i < 20; ++i)
        starts.push_back(&spawn_amphid({"start", config()}));
    for (Program* one : starts)
        EXPECT_EQ(finish(*one).code, 1) << one->text << one->error;
    EXPECT_GE(lines("starts").size(), 1U);
    reap();
    EXPECT_EQ(descendants_of(::getpid()).size(), 0U);
    EXPECT_FALSE(exists(runtime("pid")));
}

// Starts and stops in each other's way: the last word is a stop's, and nothing is left.
TEST_F(ParallelTest, StartsAndStopsMixed) {
    configure(service("notify", {"--notify"}));
    std::vector<Program*> commands;
    std::set<Program*> stops; // those have nothing to fail of
    for (int i = 0; i < 30; ++i) {
        commands.push_back(&spawn_amphid({i % 3 == 2 ? "stop" : "start", config()}));
        if (i % 3 == 2)
            stops.insert(commands.back());
    }
    for (Program* one : commands) {
        const Outcome outcome = finish(*one);
        EXPECT_TRUE(outcome.code == 0 || (outcome.code == 1 && stops.count(one) == 0))
            << outcome.code << outcome.err;
        EXPECT_LE(descendants_of(::getpid()).size(), 200U);
    }
    EXPECT_EQ(stop().code, 0);
    reap();
    EXPECT_EQ(descendants_of(::getpid()).size(), 0U);
    EXPECT_FALSE(exists(runtime("pid")));
}

// As systemd merges jobs: whoever asks while another restart is under way gets its result, or that
// of the one that follows.
TEST_F(ParallelTest, RestartsAtOnceAllSucceed) {
    configure(service("notify", {"--notify"}));
    started();
    std::vector<Program*> commands;
    for (int i = 0; i < 12; ++i)
        commands.push_back(&spawn_amphid({"restart", config()}));
    for (Program* one : commands) {
        const Outcome outcome = finish(*one);
        EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    }
    EXPECT_EQ(descendants_of(::getpid()).size(), 2U) << "a launcher and its service";
    stopped();
}

TEST_F(ParallelTest, ARestartDuringTheStartOfAnotherIsOfBoth) {
    configure(service("notify", {"--await", path("go"), "--notify"}));
    write("go", "");
    started();
    ASSERT_TRUE(std::filesystem::remove(path("go")));
    const auto waits = [&](pid_t but) {
        return await("the service to start", [&] {
            return launcher() != but && launcher() > 0 && state("state") == "start" &&
                   is_alive(launcher());
        });
    };
    Program& first = spawn_amphid({"restart", config()});
    ASSERT_TRUE(waits(0));
    const pid_t starting = launcher();
    Program& second = spawn_amphid({"restart", config()});
    ASSERT_TRUE(waits(starting));
    EXPECT_FALSE(first.status) << first.text << first.error;
    write("go", "");
    for (Program* one : {&first, &second}) {
        const Outcome outcome = finish(*one);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(outcome.out, name() + ": ready (PID " + std::to_string(launcher()) +
                                   ", main PID " + std::to_string(main_pid()) + ")\n");
    }
    stopped();
}

TEST_F(ParallelTest, AFailureOfTheSecondRestartIsOfBoth) {
    configure(service("notify", {"--await", path("go"), "--notify"}) + "restart = \"no\"\n");
    write("go", "");
    started();
    ASSERT_TRUE(std::filesystem::remove(path("go")));
    Program& first = spawn_amphid({"restart", config()});
    ASSERT_TRUE(await_state("start"));
    configure(service("notify", {"--exit", "7"}) + "restart = \"no\"\n");
    Program& second = spawn_amphid({"restart", config()});
    for (Program* one : {&first, &second}) {
        const Outcome outcome = finish(*one);
        EXPECT_EQ(outcome.code, 1) << outcome.out;
        expect_words(outcome.err, "exited with code 7");
    }
    expect_nobody_left();
}

// Each of them returns when nothing is left, whoever ended it.
TEST_F(ParallelTest, StopsOfAnOrphanWaitForEachOther) {
    configure(service("notify", {"--exit-on", "TERM:0", "--notify"}) +
              hooks("exec-stop",
                    {played({"--append", path("stops"), "--await", path("go"), "--exit", "0"})}));
    const pid_t pid = started();
    const pid_t main = main_pid();
    send_signal(pid, SIGKILL);
    ASSERT_TRUE(await_gone(pid));
    std::vector<Program*> commands;
    for (int i = 0; i < 6; ++i)
        commands.push_back(&spawn_amphid({"stop", config()}));
    ASSERT_TRUE(await_lines("stops", 1));
    write("go", "");
    for (Program* one : commands) {
        const Outcome outcome = finish(*one);
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_FALSE(is_alive(main));
    }
    EXPECT_EQ(lines("stops").size(), 1U) << "one stop for all";
    expect_nobody_left();
}

// P5 and the lock: the inode under the path is the one that counts.
TEST_F(ParallelTest, RemovedLockMakesNoSecondCopy) {
    configure(service("notify", {"--append", path("starts"), "--notify"}));
    const pid_t pid = started();
    std::filesystem::remove(runtime("lock"));
    const Outcome outcome = start();
    EXPECT_EQ(lines("starts").size(), 1U) << outcome.out << outcome.err;
    EXPECT_TRUE(is_alive(pid));
    stop();
    for (const pid_t left : descendants_of(::getpid()))
        send_signal(left, SIGKILL);
}

} // namespace amphid::test
