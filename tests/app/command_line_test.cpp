// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/options.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

Parsed parse(std::vector<std::string> words) {
    words.insert(words.begin(), "amphid");
    std::vector<char*> argv;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    return parse_command_line({argv.data(), words.size()});
}

struct Mistake {
    std::vector<std::string> words;
    std::string_view sentence;
};

TEST(CommandLine, MistakesNameWhatIsWrong) {
    const Mistake mistakes[] = {
        {{}, "no command given; `amphid --help` lists them"},
        {{"strat", "web"}, "unknown command 'strat'; did you mean 'start'?"},
        {{"stat"}, "unknown command 'stat'; did you mean 'status'?"},
        {{"--jsno"}, "unknown option '--jsno'; options go after the command"},
        // Whatever stands before the option.
        {{"status", "--jsno"}, "status: unknown option '--jsno'; did you mean '--json'?"},
        {{"status", "web", "--jsno"}, "status: unknown option '--jsno'; did you mean '--json'?"},
        {{"status", "web", "db", "--jsno", "x"},
         "status: unknown option '--jsno'; did you mean '--json'?"},
        {{"status", "web", "-x"}, "status: unknown option '-x'"},
        {{"status", "web", "-xj"}, "status: unknown option '-x'"},
        {{"check", "web", "--unit"}, "check: --unit needs an argument"},
        {{"check", "--unit"}, "check: --unit needs an argument"},
        {{"status", "web", "--json=yes"}, "status: --json takes no argument"},
        {{"unit", "web", "--format=upstart"},
         "unit: unknown format 'upstart'; known formats are systemd, socket, openrc, sysv"},
        {{"start"}, "start: which service? usage: amphid start [OPTION...] SERVICE..."},
        {{"explain", "a", "b"},
         "explain: too many operands; usage: amphid explain [OPTION...] "
         "SERVICE"},
        {{"start", "--daemon", "--foreground", "web"},
         "start: --daemon and --foreground exclude each other"},
        {{"status", "--ready"}, "status: which service?"},
        {{"status", "web", "--ready", "--live"}, "status: --ready and --live exclude each other"},
        {{"status", "web", "--ready", "--json"},
         "status: --ready, --live and --wait exclude --json and --metrics"},
        {{"status", "web", "--wait=up"}, "status: --wait takes 'ready' or 'stopped', got 'up'"},
        {{"status", "web", "--timeout=5s"}, "status: --timeout is for --wait"},
        {{"status", "web", "--wait=ready", "--timeout=soon"},
         "status: --timeout takes a time span, got 'soon'"},
        {{"start", "--foreground", "web", "db"}, "start: --foreground takes one service"},
        {{"logs", "web", "-n", "few"}, "logs: expected a number, got 'few'"},
        {{"logs", "web", "-o", "xml"},
         "logs: unknown format 'xml'; known formats are short, json, cat"},
        {{"start", "web", "db", "--notify-fd=3"}, "start: --notify-fd takes one service"},
        {{"run", "--exec"}, "run: --exec needs a program"},
        {{"run", "web", "--exec", "/bin/true"},
         "run: --exec takes the place of a service; 'web' is one too many"},
        {{"run", "--exec=/bin/true"}, "run: write --exec PROG, not --exec=PROG"},
        {{"run", "web", "--set", "restart"}, "run: --set: expected KEY=VALUE, got 'restart'"},
    };
    for (const Mistake& mistake : mistakes) {
        EXPECT_EQ(parse(mistake.words).mistake, mistake.sentence);
    }
}

TEST(CommandLine, LogsTakesJournalctlsLetters) {
    const Parsed parsed = parse({"logs", "web", "-fn5", "-o", "cat", "--since", "1h ago"});
    EXPECT_EQ(parsed.mistake, "");
    EXPECT_TRUE(parsed.arguments.follow);
    EXPECT_EQ(parsed.arguments.lines, 5U);
    EXPECT_EQ(parsed.arguments.log_format, LogFormat::cat);
    EXPECT_EQ(parsed.arguments.since, "1h ago");
}

TEST(CommandLine, OptionsStandAnywhere) {
    const Parsed parsed = parse({"status", "web", "--json", "db", "--", "--odd"});
    EXPECT_EQ(parsed.mistake, "");
    EXPECT_TRUE(parsed.arguments.json);
    EXPECT_EQ(parsed.arguments.operands, (std::vector<std::string>{"web", "db", "--odd"}));
}

TEST(CommandLine, WhatFollowsExecIsTheProgram) {
    const Parsed parsed =
        parse({"run", "-q", "--set", "user=web", "--exec", "server", "--exec", "--", "--help"});
    EXPECT_EQ(parsed.mistake, "");
    EXPECT_TRUE(parsed.arguments.is_program);
    EXPECT_FALSE(parsed.arguments.help);
    EXPECT_EQ(parsed.arguments.operands, std::vector<std::string>{"server"});
    EXPECT_EQ(parsed.arguments.passed, (std::vector<std::string>{"--exec", "--", "--help"}));
    EXPECT_EQ(parsed.arguments.settings, std::vector<std::string>{"user=web"});
    EXPECT_FALSE(parse({"run", "web", "--", "--exec", "x"}).arguments.is_program);
}

TEST(CommandLine, HelpBehindACommandNeedsNothingElse) {
    for (const char* option : {"--help", "-h"}) {
        for (const CommandRow& command : command_table()) {
            const Parsed parsed = parse({std::string(command.name), option});
            EXPECT_EQ(parsed.mistake, "") << command.name;
            EXPECT_TRUE(parsed.arguments.help) << command.name;
            EXPECT_EQ(parsed.command, &command);
        }
    }
}

TEST(CommandLine, HelpOfACommandSaysHowItIsUsed) {
    EXPECT_EQ(
        help_text(*find_command("reload")),
        "usage: amphid reload [OPTION...] SERVICE...\n"
        "\n"
        "Make services reload their configuration.\n"
        "\n"
        "      --runtime-directory=DIR keep the files of running services in DIR/NAME, not in "
        "/run/amphid/NAME\n"
        "  -q, --quiet                 print only warnings and errors\n"
        "  -v, --verbose               also print each step with its time\n"
        "\n"
        "SERVICE is a file if it contains a '/' or ends in '.toml' or '.service'; otherwise a "
        "name,\n"
        "looked up as NAME.toml in /run/amphid, /etc/amphid, /usr/local/lib/amphid and\n"
        "/usr/lib/amphid; for users other than root, in $XDG_CONFIG_HOME/amphid and other\n"
        "directories that amphid(1) lists.\n");
    EXPECT_EQ(help_text(*find_command("reference")).find("SERVICE"), std::string::npos);
}

TEST(CommandLine, SeveralServices) {
    for (const char* command : {"start", "stop", "restart", "reload"}) {
        const Parsed parsed = parse({command, "web", "db"});
        EXPECT_EQ(parsed.mistake, "") << command;
        EXPECT_TRUE(parsed.command->for_each) << command;
    }
}

} // namespace
} // namespace amphid
