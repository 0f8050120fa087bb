// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Processes that a cgroup has frozen: those of cgroup v2 can be killed, those of v1 cannot.

#include "fixture.h"
#include "helper/file.h"

#include <cstdlib>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class FrozenTest : public ProcessTest {
protected:
    void TearDown() override {
        if (!freezer_.empty()) {
            thaw();
            EXPECT_TRUE(
                await("the cgroup to be empty", [&] { return ::rmdir(freezer_.c_str()) == 0; }));
        }
        ProcessTest::TearDown();
    }

    void start_it() {
        configure(
            service("notify", {"--append", path("starts"), "--exit-on", "TERM:0", "--notify"}) +
            "timeout-stop-sec = \"200ms\"\n");
        started();
    }

    /// Into a file of a cgroup, which cannot be replaced.
    static bool write_to(const std::string& file, const std::string& text) {
        std::ofstream out(file);
        out << text << std::flush;
        return out.good();
    }

    /// A cgroup of v1's freezer with the main process; false if there is none to be had.
    bool freeze_with_v1(pid_t pid) {
        const std::string place = "/sys/fs/cgroup/freezer/amphid-test." + name();
        if (::mkdir(place.c_str(), 0755) < 0)
            return false;
        freezer_ = place;
        return write_to(place + "/cgroup.procs", std::to_string(pid)) &&
               write_to(place + "/freezer.state", "FROZEN") && await("the freeze", [&] {
                   return read_file(place + "/freezer.state") == "FROZEN\n";
               });
    }
    void thaw() const { write_to(freezer_ + "/freezer.state", "THAWED"); }

    std::string freezer_;
};

TEST_F(FrozenTest, StatusSaysItAndAStopEndsIt) {
    start_it();
    const pid_t pid = main_pid();
    const std::string cgroup = state("cgroup");
    if (cgroup.empty() || ::access((cgroup + "/cgroup.freeze").c_str(), W_OK) < 0) {
        stopped();
        GTEST_SKIP() << "no cgroup that freezes can be made here";
    }
    ASSERT_TRUE(write_to(cgroup + "/cgroup.freeze", "1"));
    const std::string why = "PID " + std::to_string(pid) + " is frozen by its cgroup " + cgroup;
    ASSERT_TRUE(await("status to say it", [&] {
        return status().out.find(why) != std::string::npos;
    })) << status().out;
    EXPECT_EQ(status().code, 3);
    stopped();
    EXPECT_FALSE(is_alive(pid));
    EXPECT_EQ(state("result"), "timeout") << "it could not handle SIGTERM";
}

// SIGKILL has no effect before it is thawed: a second copy must not run beside it.
TEST_F(FrozenTest, WhatAStopCannotEndIsNamedUntilItIsThawed) {
    if (std::getenv("AMPHID_SOAK") == nullptr)
        GTEST_SKIP() << "waits 10 s for what SIGKILL does not end: only in the soak";
    start_it();
    const pid_t pid = main_pid();
    if (!freeze_with_v1(pid)) {
        stopped();
        GTEST_SKIP() << "there is no freezer of cgroup v1";
    }
    const std::string words = "PID " + std::to_string(pid);
    const Outcome end = stop();
    EXPECT_EQ(end.code, 1) << end.out;
    expect_words(end.err, "could not kill " + words);
    for (const char* verb : {"start", "run", "stop"}) {
        const Outcome outcome = amphid({verb, config()});
        EXPECT_EQ(outcome.code, 1) << verb << ": " << outcome.out;
        expect_words(outcome.err, words);
    }
    EXPECT_EQ(status().code, 4);
    expect_words(status().out, words);
    EXPECT_EQ(lines("starts").size(), 1U) << "a second copy";
    thaw();
    ASSERT_TRUE(await_gone(pid));
    EXPECT_EQ(status().code, 3);
    started();
    EXPECT_EQ(lines("starts").size(), 2U);
    stopped();
}

} // namespace amphid::test
