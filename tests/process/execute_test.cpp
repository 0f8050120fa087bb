// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// What is executed: argv, variables and prefixes, seen from inside the service.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>

namespace amphid::test {

class ExecuteTest : public ProcessTest {
protected:
    /// `[service]` of type exec whose exec-start is one string.
    static std::string command(const std::string& text) {
        return "[service]\ntype = \"notify\"\nexec-start = " + quoted(text) + "\n";
    }

    /// The words that the helper got after --record FILE.
    Words recorded_arguments() {
        const Fields said = record("record");
        Words words;
        for (std::size_t i = 2; said.contains("argv." + std::to_string(i)); ++i)
            words.push_back(said.at("argv." + std::to_string(i)));
        return words;
    }

    std::string serve_and_record() const {
        return helper_binary() + " serve --record " + path("record") + " --notify ";
    }
};

TEST_F(ExecuteTest, ArrayIsArgvWithoutAShell) {
    const Words odd{"--notify", "--append-text", path("out"), "two words; * ~ `id` \"q\" 'q' \\ #"};
    Words steps{"--record", path("record")};
    steps.insert(steps.end(), odd.begin(), odd.end());
    configure(service("notify", steps));
    started();
    EXPECT_EQ(recorded_arguments(), odd);
    stopped();
}

// systemd.service(5), "Command lines".
TEST_F(ExecuteTest, StringIsSplitAsSystemdSplits) {
    configure(command(serve_and_record() + "--append-text " + path("out") +
                      " 'single quoted' --append-text " + path("out") +
                      " \"tab\\there\" --append-text " + path("out") + " * "));
    started();
    EXPECT_EQ(recorded_arguments(),
              (Words{"--notify", "--append-text", path("out"), "single quoted", "--append-text",
                     path("out"), "tab\there", "--append-text", path("out"), "*"}));
    stopped();
}

TEST_F(ExecuteTest, VariablesFollowSystemdsRules) {
    configure(command(serve_and_record() + "--append-text " + path("out") +
                      " ${TWO} --append-text $TWO --append-text " + path("out") +
                      " a${ONE}b$$ONE $NONE") +
              "environment = [\"ONE=1\", \"TWO=" + path("x") + " y\"]\n");
    started();
    EXPECT_EQ(recorded_arguments(),
              (Words{"--notify", "--append-text", path("out"), path("x") + " y", "--append-text",
                     path("x"), "y", "--append-text", path("out"), "a1b$ONE"}));
    stopped();
}

TEST_F(ExecuteTest, AtSetsTheFirstArgument) {
    configure("[service]\ntype = \"notify\"\nexec-start = [" + quoted("@" + helper_binary()) +
              ", \"webd\", \"serve\", \"--notify\"]\n");
    started();
    EXPECT_TRUE(command_line_of(main_pid()).starts_with("webd serve "))
        << command_line_of(main_pid());
    stopped();
}

TEST_F(ExecuteTest, MinusForgivesEveryEnd) {
    configure(command("-" + helper_binary() + " serve --exit-on USR1:3 --notify"));
    const pid_t pid = started();
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_gone(pid));
    EXPECT_EQ(state("state"), "dead");
    EXPECT_EQ(state("result"), "success");
    EXPECT_EQ(state("exit.status"), "3");
}

TEST_F(ExecuteTest, PlainNameIsLookedUpInPath) {
    configure("[service]\nexec-start = [\"sleep\", \"3600\"]\n");
    started();
    EXPECT_EQ(command_line_of(main_pid()), "sleep 3600 ");
    stopped();
}

} // namespace amphid::test
