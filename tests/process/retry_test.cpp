// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A first start that fails: the command says so at once, and the launcher tries again as restart
// says.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <filesystem>
#include <sys/stat.h>

namespace amphid::test {

class RetryTest : public ProcessTest {
protected:
    /// Its first starts fail with code 7.
    std::string failing(int starts, const std::string& more) const {
        return service("notify", {"--append", path("starts"), "--exit-on", "TERM:0", "--stderr",
                                  "no database", "--exit-first", path("tries"),
                                  std::to_string(starts), "7", "--notify"}) +
               "restart = \"on-failure\"\n" + more;
    }

    std::string why(const std::string& delay) const {
        return name() + " failed to start: exited with code 7 (result 'exit-code')" +
               (delay.empty() ? "" : "; restarting " + delay);
    }

    /// It has met the lock of another start, and sleeps until something happens to that one.
    bool await_join(const Program& command) {
        return await("the second start to wait for the first", [&] {
            std::error_code error;
            const std::string folder = "/proc/" + std::to_string(command.pid) + "/fd";
            bool met = false;
            for (const auto& fd : std::filesystem::directory_iterator(folder, error))
                met = met || std::filesystem::read_symlink(fd, error) == runtime("lock");
            const auto stat = stat_of(command.pid);
            return met && stat && stat->state == 'S';
        });
    }
};

TEST_F(RetryTest, FailureIsToldAtOnceAndTheServiceComesUpLater) {
    configure(failing(2, "restart-sec = \"100ms\"\n"));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "amphid: " + why("in 100ms") + "\namphid: last words of " + name() +
                               ":\n    no database\n");
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(state("restarts"), "2");
    EXPECT_EQ(state("failure"), "") << "it runs";
    EXPECT_EQ(status().code, 0);
    EXPECT_EQ(start().code, 0) << "it is ready";
    stopped();
}

TEST_F(RetryTest, StatusTellsWhatItWaitsFor) {
    configure(failing(1, "restart-sec = \"1h\"\n"));
    EXPECT_EQ(start().code, 1);
    const pid_t pid = launcher();
    const Outcome outcome = status();
    EXPECT_EQ(outcome.code, 3);
    expect_words(outcome.out, "Active: auto-restart");
    expect_words(outcome.out, "Failure: ");
    expect_words(outcome.out, why(""));
    EXPECT_FALSE(exists(runtime("pid"))) << "nobody is ready";
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(is_alive(pid));
    EXPECT_EQ(state("state"), "dead");
    EXPECT_EQ(state("failure"), "");
    EXPECT_EQ(lines("starts").size(), 1U);
    expect_nobody_left();
}

TEST_F(RetryTest, StartLimitEndsIt) {
    configure(failing(100, "restart-sec = 0\nstart-limit-burst = 3\n"
                           "start-limit-interval-sec = \"1h\"\n"));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, why("at once"));
    ASSERT_TRUE(await_field("result", "start-limit-hit"));
    ASSERT_TRUE(await_gone(launcher()));
    EXPECT_EQ(state("state"), "failed");
    EXPECT_EQ(lines("starts").size(), 3U);
    expect_words(status().out, "3 starts within 1h; last failure: exited with code 7 "
                               "(result 'start-limit-hit')");
    expect_nobody_left();
}

TEST_F(RetryTest, NoRetryIsOneTry) {
    configure(failing(100, "restart-sec = 0\n"));
    for (const char* verb : {"start", "restart"}) {
        const Outcome outcome = amphid({verb, "--no-retry", config()});
        EXPECT_EQ(outcome.code, 1);
        expect_words(outcome.err, why("") + "\n");
        EXPECT_EQ(state("state"), "failed");
        expect_nobody_left();
    }
    EXPECT_EQ(lines("starts").size(), 2U);
    EXPECT_EQ(amphid({"run", "--no-retry", config()}).code, 7);
    EXPECT_EQ(lines("starts").size(), 3U);
}

TEST_F(RetryTest, NoRetryIsForTheFirstStartOnly) {
    configure(failing(0, "restart-sec = 0\n"));
    started({"--no-retry"});
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("starts", 2));
    ASSERT_TRUE(await_state("running"));
    stopped();
}

TEST_F(RetryTest, SkippedStartIsNotTriedAgain) {
    configure(service("notify", {"--append", path("starts"), "--notify"}) +
              "restart = \"always\"\nrestart-sec = 0\n" +
              hooks("exec-condition", {played({"--exit", "1"})}));
    EXPECT_EQ(start().code, 0);
    EXPECT_EQ(lines("starts").size(), 0U);
    ASSERT_TRUE(await_state("dead"));
    ASSERT_TRUE(await_gone(launcher()));
    expect_nobody_left();
}

TEST_F(RetryTest, StartThatComesMeanwhileWaitsForTheNextTry) {
    configure(failing(1, "restart-sec = \"300ms\"\n"));
    EXPECT_EQ(start().code, 1);
    const Outcome second = start();
    EXPECT_EQ(second.code, 0) << second.err;
    EXPECT_EQ(lines("starts").size(), 2U);
    stopped();
}

TEST_F(RetryTest, StartThatJoinsAFailingOneFailsWithIt) {
    configure(
        service("notify", {"--append", path("starts"), "--await", path("go"), "--exit", "7"}) +
        "restart = \"on-failure\"\nrestart-sec = \"1h\"\n");
    Program& first = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("starts", 1));
    Program& second = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_join(second));
    write("go", "");
    EXPECT_EQ(finish(first).code, 1);
    const Outcome outcome = finish(second);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "amphid: " + why("") + "; another start will be tried\n");
    EXPECT_EQ(stop().code, 0);
    expect_nobody_left();
}

TEST_F(RetryTest, ForegroundTriesAgainAndEndsWithTheLastFailuresCode) {
    configure(failing(100, "restart-sec = \"5ms\"\nstart-limit-burst = 2\n"));
    const Outcome outcome = amphid({"run", config()});
    EXPECT_EQ(outcome.code, 7);
    expect_words(outcome.err, why("in 5ms"));
    expect_words(outcome.err, "2 starts within 10s; last failure: exited with code 7");
    EXPECT_EQ(lines("starts").size(), 2U);
}

TEST_F(RetryTest, PidFileThatCannotBeWrittenIsTriedAgain) {
    if (::geteuid() == 0)
        GTEST_SKIP() << "root may write everywhere";
    ASSERT_TRUE(std::filesystem::create_directory(path("files")));
    configure(failing(0, "restart-sec = \"20ms\"\nstart-limit-burst = 0\n") +
              "[launcher]\npid-file = " + quoted(path("files/pid")) + "\n");
    ASSERT_EQ(::chmod(path("files").c_str(), 0555), 0);
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "(result 'resources'); restarting in 20ms");
    ASSERT_EQ(::chmod(path("files").c_str(), 0755), 0);
    ASSERT_TRUE(await_state("running"));
    EXPECT_TRUE(exists(path("files/pid")));
    stopped();
}

} // namespace amphid::test
