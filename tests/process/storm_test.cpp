// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Everything at once on one service: each command ends, with a code that it may have, there is
// never a second copy, and the last word is a stop's.

#include "fixture.h"
#include "helper/file.h"
#include "soak.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <filesystem>
#include <random>
#include <unistd.h>

namespace amphid::test {

class StormTest : public ProcessTest {
protected:
    struct Verb {
        const char* word;
        std::vector<int> codes;
    };

    void SetUp() override {
        ProcessTest::SetUp();
        configure(
            service("notify-reload", {"--append", path("starts"), "--exit-on", "TERM:0", "--on",
                                      "HUP", "{", "--reloading", "--notify", "}", "--notify"}) +
            "restart = \"on-failure\"\nrestart-sec = 0\nstart-limit-burst = 0\n");
    }

    /// Processes that run the service's program below us, commands that are on their way aside.
    std::size_t copies() const {
        std::size_t count = 0;
        for (const pid_t pid : descendants_of(::getpid())) {
            const auto stat = stat_of(pid);
            count += stat && command_line_of(pid).starts_with(helper_binary() + " serve");
        }
        return count;
    }

    /// As many of them as a machine can bear.
    void wave(std::size_t size, bool with_kills) {
        std::vector<std::pair<Program*, const Verb*>> commands;
        for (std::size_t i = 0; i < size; ++i) {
            const Verb& verb = verbs_[random_() % verbs_.size()];
            commands.emplace_back(&spawn_amphid({verb.word, config()}), &verb);
            EXPECT_LE(copies(), 1U);
            if (const pid_t pid = main_pid(); with_kills && i % 16 == 15 && pid > 0)
                ::kill(pid, SIGKILL); // it may be gone by now
        }
        for (const auto& [command, verb] : commands) {
            const Outcome outcome = finish(*command);
            EXPECT_NE(std::find(verb->codes.begin(), verb->codes.end(), outcome.code),
                      verb->codes.end())
                << verb->word << " ended with " << outcome.code << ", signal " << outcome.signal
                << "\n"
                << outcome.out << outcome.err;
            EXPECT_LE(copies(), 1U);
        }
    }

    void rage(bool with_kills) {
        const int waves = rounds(2, 40);
        for (int i = 0; i < waves && !HasFailure(); ++i)
            wave(50, with_kills);
        const Outcome end = stop();
        EXPECT_EQ(end.code, 0) << end.err;
        expect_nobody_left();
        EXPECT_FALSE(exists(runtime("pid")));
        started();
        stopped();
    }

private:
    std::array<Verb, 5> verbs_{{{"start", {0, 1}},
                                {"stop", {0, 1}},
                                {"restart", {0, 1}},
                                {"reload", {0, 1, 7}},
                                {"status", {0, 1, 3}}}};
    std::mt19937 random_{std::random_device()()};
};

TEST_F(StormTest, OfCommands) {
    rage(false);
}

TEST_F(StormTest, OfCommandsWhileTheServiceIsKilled) {
    rage(true);
}

} // namespace amphid::test
