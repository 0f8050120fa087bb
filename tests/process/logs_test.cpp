// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// `amphid logs`: what a service with [log] has written.

#include "fixture.h"

#include <algorithm>
#include <csignal>

namespace amphid::test {

class LogsTest : public ProcessTest {
protected:
    std::string logging(const std::string& script, const std::string& log = "log") const {
        return "[service]\nexec-start = " + shell(script) + "\n[log]\nfile = " + quoted(path(log)) +
               "\n";
    }
    bool await_log(const std::string& text, const std::string& log = "log") {
        return await(log + " has " + text,
                     [&] { return read(log).find(text) != std::string::npos; });
    }
    /// Reads on until the program has printed this.
    bool await_shown(Program& program, const std::string& text) {
        return await("it shows " + text,
                     [&] { return program.text.find(text) != std::string::npos; });
    }
    Outcome logs(const Words& options = {}) {
        Words words{"logs", config()};
        words.insert(words.end(), options.begin(), options.end());
        return amphid(words);
    }
};

TEST_F(LogsTest, ShowTheLinesOfAllFiles) {
    configure(logging("seq 1 1000; exec sleep 1000") + "max-size = \"1K\"\nkeep = 100\n");
    started();
    ASSERT_TRUE(await_log("1000\n"));
    std::string all;
    for (int i = 1; i <= 1000; ++i)
        all += std::to_string(i) + "\n";
    EXPECT_EQ(logs().out, all);
    EXPECT_EQ(logs({"-n", "2"}).out, "999\n1000\n");
    EXPECT_EQ(logs({"--grep", "^7.7$"}).out, "707\n717\n727\n737\n747\n757\n767\n777\n787\n797\n");
    stopped();
    EXPECT_EQ(logs({"-n", "1"}).out, "1000\n");
}

TEST_F(LogsTest, StatusShowsTheLastTenLines) {
    configure(logging("seq 1 1000; exec sleep 1000"));
    started();
    ASSERT_TRUE(await_log("1000\n"));
    const std::string shown = status().out;
    EXPECT_TRUE(shown.ends_with("\n\n991\n992\n993\n994\n995\n996\n997\n998\n999\n1000\n"))
        << shown;
    EXPECT_EQ(status({"--json"}).out.find("991"), std::string::npos);
    stopped();
}

TEST_F(LogsTest, FollowOverRotationAndRestart) {
    configure(logging("echo begins; trap 'echo told' USR1; while :; do sleep 0.01; done"));
    started();
    ASSERT_TRUE(await_log("begins\n"));
    Program& follower = spawn_amphid({"logs", "-f", config()});
    ASSERT_TRUE(await_shown(follower, "begins\n"));
    const Outcome rotated = logs({"--rotate"});
    EXPECT_EQ(rotated.code, 0) << rotated.err;
    EXPECT_TRUE(rotated.out.starts_with(name() + ": rotated to " + path("log."))) << rotated.out;
    send_signal(main_pid(), SIGUSR1);
    EXPECT_TRUE(await_shown(follower, "begins\ntold\n"));
    EXPECT_EQ(read("log"), "told\n");
    stopped();
    started();
    EXPECT_TRUE(await_shown(follower, "begins\ntold\nbegins\n"));
    stopped();
    send_signal(follower.pid, SIGTERM);
    finish(follower);
}

TEST_F(LogsTest, SeveralServicesStandInTheOrderOfTime) {
    const std::string stamped = "timestamps = \"rfc3339\"\n";
    configure(logging("echo one; exec sleep 1000") + stamped);
    started();
    ASSERT_TRUE(await_log(" one\n"));
    const std::string other =
        write("other.toml", logging("echo two; exec sleep 1000", "two") + stamped);
    ASSERT_EQ(amphid({"start", other}).code, 0);
    ASSERT_TRUE(await_log(" two\n", "two"));
    const Outcome both = amphid({"logs", other, config()});
    const auto first = both.out.find("Z " + name() + ": one\n");
    const auto second = both.out.find("Z other: two\n");
    EXPECT_NE(second, std::string::npos) << both.out << both.err;
    EXPECT_LT(first, second) << both.out;
    EXPECT_EQ(amphid({"logs", "-o", "cat", other, config()}).out, "one\ntwo\n");
    EXPECT_EQ(logs({"--until", "yesterday"}).out, "");
    EXPECT_EQ(logs({"--since", "yesterday", "-o", "cat"}).out, "one\n");
    EXPECT_EQ(amphid({"stop", other}).code, 0);
    stopped();
}

TEST_F(LogsTest, TimesNeedLinesThatHaveSome) {
    configure(logging("echo one"));
    const Outcome outcome = logs({"--since", "today"});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "[log] timestamps");
}

TEST_F(LogsTest, AServiceWhoseOutputIsNotKeptSaysSo) {
    configure(service("exec", {"--exit", "0"}));
    const Outcome outcome = logs();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "its output is not kept");
}

} // namespace amphid::test
