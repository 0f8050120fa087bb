// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Whoever is in another time namespace (time_namespaces(7)) is shown other start times and other
// clocks than the launcher: a day forward, as after a step of the clock. They agree all the same on
// who runs.

#include "adopt.h"

namespace amphid::test {

class ClocksTest : public AdoptTest {
protected:
    void SetUp() override {
        AdoptTest::SetUp();
        if (run({.command = a_day_later({"true"})}).code != 0)
            GTEST_SKIP() << "no time namespaces here";
        configure(service("notify-reload", {"--append", path("starts"), "--on", "HUP", "{",
                                            "--reloading", "--notify", "}", "--notify"}));
    }

    static Words a_day_later(const Words& command) {
        Words out{"unshare"};
        if (::geteuid() != 0)
            out.insert(out.end(), {"--user", "--map-current-user"});
        out.insert(out.end(), {"--time", "--boottime", "86400", "--monotonic", "86400", "--fork"});
        out.insert(out.end(), command.begin(), command.end());
        return out;
    }

    Outcome later(const std::string& verb) {
        return amphid({verb, config()}, {.command = a_day_later({})});
    }

    void expect_success(const Outcome& outcome, const std::string& words) {
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        expect_words(outcome.out, words);
    }
};

TEST_F(ClocksTest, CommandsOfAnotherTimeFindTheLauncher) {
    started();
    const pid_t main = main_pid();
    expect_success(later("status"), "running");
    expect_success(later("start"), "already running");
    expect_success(later("reload"), "reloaded");
    EXPECT_EQ(main_pid(), main);
    expect_success(later("stop"), "stopped");
    expect_nobody_left();
    EXPECT_EQ(lines("starts").size(), 1U);
}

TEST_F(ClocksTest, ALauncherOfAnotherTimeIsFound) {
    expect_success(later("start"), "ready");
    EXPECT_EQ(state("state"), "running");
    expect_success(status(), "running");
    expect_success(start(), "already running");
    stopped();
    expect_nobody_left();
    EXPECT_EQ(lines("starts").size(), 1U);
}

TEST_F(ClocksTest, ATakeOverInAnotherTime) {
    started();
    const pid_t main = main_pid();
    kill_launcher();
    expect_success(later("start"), "taken over");
    EXPECT_EQ(main_pid(), main) << "the same, not a second copy";
    EXPECT_EQ(state("state"), "running");
    kill_launcher();
    expect_success(start(), "taken over");
    EXPECT_EQ(main_pid(), main);
    kill_launcher();
    expect_success(later("stop"), "stopped");
    expect_nobody_left();
    EXPECT_EQ(lines("starts").size(), 1U);
}

} // namespace amphid::test
