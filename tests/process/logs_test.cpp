// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// `amphid logs`: what a service with [log] has written.

#include "fixture.h"

#include <algorithm>
#include <csignal>
#include <unistd.h>

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

class PackedLogsTest : public LogsTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(PackedLogsTest, AreReadLikeOthers) {
    const std::string program = GetParam();
    if (::access(("/usr/bin/" + program).c_str(), X_OK) != 0)
        GTEST_SKIP() << "this machine has no " << program;
    const std::string suffix = program == "gzip" ? ".gz" : ".zst";
    configure(logging("seq 1 20000; exec sleep 1000") +
              "max-size = \"32K\"\nkeep = 100\ncompress = \"" + program + "\"\n");
    started();
    ASSERT_TRUE(await_log("20000\n"));
    const auto packed = [&] {
        const std::string files = run({.command = {"/bin/sh", "-c", "ls -d log.* | cat"}}).out;
        return files.size() > 60 && files.find("Z\n") == std::string::npos &&
               files.find("tmp\n") == std::string::npos &&
               files.find(suffix + "\n") != std::string::npos;
    };
    ASSERT_TRUE(await("every older file is compressed", packed));
    std::string all;
    for (int i = 1; i <= 20000; ++i)
        all += std::to_string(i) + "\n";
    EXPECT_EQ(logs().out, all);
    EXPECT_EQ(logs({"--grep", "^[13]$"}).out, "1\n3\n");
    EXPECT_EQ(logs({"-n", "19999"}).out, all.substr(2));
    stopped();
}

INSTANTIATE_TEST_SUITE_P(Programs, PackedLogsTest, ::testing::Values("gzip", "zstd"),
                         [](const auto& info) { return std::string(info.param); });

TEST_F(LogsTest, StatusShowsTheLastTenLines) {
    configure(logging("seq -f line-%g 1 1000; exec sleep 1000"));
    started();
    ASSERT_TRUE(await_log("line-1000\n"));
    const std::string shown = status().out;
    EXPECT_TRUE(shown.ends_with("\n\nline-991\nline-992\nline-993\nline-994\nline-995\nline-996\n"
                                "line-997\nline-998\nline-999\nline-1000\n"))
        << shown;
    EXPECT_EQ(status({"--json"}).out.find("line-991"), std::string::npos);
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
    // It was rotated and compressed meanwhile: nothing is shown twice.
    ASSERT_EQ(logs({"--rotate"}).code, 0);
    ASSERT_EQ(run({.command = {"/bin/sh", "-c", "gzip log.*Z"}}).code, 0);
    started();
    EXPECT_TRUE(await_shown(follower, "begins\ntold\nbegins\nbegins\n"));
    stopped();
    EXPECT_EQ(logs().out, "begins\ntold\nbegins\nbegins\n");
    send_signal(follower.pid, SIGINT);
    const Outcome outcome = finish(follower);
    EXPECT_EQ(outcome.code, 0) << "^C is how it ends";
    EXPECT_EQ(outcome.out, "begins\ntold\nbegins\nbegins\n");
}

TEST_F(LogsTest, FollowingEndsWithWhoeverReads) {
    configure(logging("echo begins; exec sleep 1000"));
    started();
    ASSERT_TRUE(await_log("begins\n"));
    const std::string command = amphid_binary() + " logs -f " + config() + " | head -n 1";
    EXPECT_EQ(run({.command = {"/bin/sh", "-c", command}}).out, "begins\n");
    stopped();
}

TEST_F(LogsTest, APagerOnATerminalButNotToFollow) {
    configure(logging("echo begins; exec sleep 1000"));
    started();
    ASSERT_TRUE(await_log("begins\n"));
    const Launch paged{.environment = {{"SYSTEMD_PAGER", "sed s/^/paged:/"}, {"SUDO_UID", ""}},
                       .on_terminal = true};
    EXPECT_EQ(amphid({"logs", config()}, paged).out, "paged:begins\r\n");
    EXPECT_EQ(amphid({"logs", "--no-pager", config()}, paged).out, "begins\r\n");
    Program& follower = spawn_amphid({"logs", "-f", config()}, paged);
    EXPECT_TRUE(await_shown(follower, "begins\r\n"));
    EXPECT_EQ(follower.text, "begins\r\n");
    send_signal(follower.pid, SIGINT);
    finish(follower);
    Launch piped = paged;
    piped.on_terminal = false;
    EXPECT_EQ(amphid({"logs", config()}, piped).out, "begins\n");
    stopped();
}

TEST_F(LogsTest, OfAServiceThatNeverRan) {
    configure(logging("echo one"));
    const Outcome never = logs();
    EXPECT_EQ(never.code, 1);
    expect_words(never.err, "it has no output yet: " + path("log") + " does not exist");
    const Outcome unknown = amphid({"logs", "no-such"});
    EXPECT_EQ(unknown.code, 6);
    expect_words(unknown.err, "no such service");
}

TEST_F(LogsTest, OfSomebodyElseAreNotShown) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "only root has files that others may not read";
    configure(logging("echo secret; exec sleep 1000"));
    started();
    ASSERT_TRUE(await_log("secret\n"));
    const Outcome outcome =
        amphid({"logs", config()},
               {.command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"},
                .environment = {{"HOME", path("")}}});
    EXPECT_EQ(outcome.code, 4);
    EXPECT_EQ(outcome.out, "");
    expect_words(outcome.err, "cannot read " + path("log") + ": Permission denied");
    stopped();
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
    configure(service("exec", {"--exit", "0"}) + "standard-output = \"null\"\n");
    const Outcome outcome = logs();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "its output is not kept");
}

} // namespace amphid::test
