// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A service that writes and sends without pause must not make its launcher deaf: a stop keeps its
// time.

#include "fixture.h"
#include "helper/file.h"
#include "soak.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <unistd.h>

namespace amphid::test {

class FloodTest : public ProcessTest {
protected:
    /// Floods stderr, stdout and the notify socket as soon as it is ready.
    std::string flooding(const std::string& more) const {
        return service("exec", {"--stdout", "ready", "--child", "{", "--flood",
                                "STATUS=one of many", "}", "--child", "{", "--flood-lines", "2",
                                "}", "--child", "{", "--flood-lines", "1", "}"}) +
               "notify-access = \"all\"\n" + more;
    }

    void stop_often() {
        for (int round = 0; round < rounds(10, 500) && !HasFailure(); ++round) {
            started();
            const auto began = std::chrono::steady_clock::now();
            stopped();
            EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(10)) << round;
            EXPECT_EQ(state("result"), "success") << round;
            EXPECT_EQ(state("survivors"), "") << round;
        }
    }
};

TEST_F(FloodTest, StopKeepsItsTimeWithALogThatIsRead) {
    configure(flooding("[ready]\nlog = \"^ready$\"\n"));
    stop_often();
    expect_nobody_left();
}

TEST_F(FloodTest, StopKeepsItsTimeWithAJournal) {
    const std::string directory = "/run/systemd/journal";
    if (::geteuid() != 0 || exists("/run/systemd"))
        GTEST_SKIP() << "needs root and a /run of its own";
    std::filesystem::create_directories(directory);
    Program& journal =
        spawn({.command = {helper_binary(), "journal", directory + "/stdout", path("journal")}});
    ASSERT_TRUE(await_file("journal"));
    configure(flooding(""));
    stop_often();
    send_signal(journal.pid, SIGTERM);
    finish(journal);
    std::filesystem::remove_all("/run/systemd");
    expect_nobody_left();
}

} // namespace amphid::test
