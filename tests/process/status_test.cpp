// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// `amphid status` of real services: on a terminal, as JSON by its schema, as metrics.

#include "fixture.h"

#include <csignal>
#include <filesystem>
#include <regex>
#include <set>

namespace amphid::test {

class StatusTest : public ProcessTest {
protected:
    static bool contains(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }

    /// The output of `status` on a terminal of this many columns.
    std::string on_terminal(int columns, Fields environment) {
        environment.emplace("TERM", "xterm");
        environment.emplace("LANG", "C.UTF-8");
        const std::string command = "stty cols " + std::to_string(columns) + "; exec '" +
                                    amphid_binary() + "' status '" + config() + "'";
        return run({.command = {"bash", "-c", command},
                    .environment = environment,
                    .on_terminal = true})
            .out;
    }

    const std::string web = service("notify", {"--status", "serving 5 clients", "--notify"}) +
                            "[unit]\ndescription = \"The test's service\"\n";
};

TEST_F(StatusTest, OnATerminal) {
    configure(web);
    started();
    const std::string coloured = on_terminal(200, {});
    EXPECT_TRUE(contains(coloured, "\033[1;32m●\033[0m " + name() + " - The test's service"))
        << coloured;
    EXPECT_TRUE(contains(coloured, "     Active: \033[1;32mrunning\033[0m since ")) << coloured;
    EXPECT_TRUE(contains(coloured, " ago\r\n")) << coloured;
    EXPECT_TRUE(contains(coloured, "   Main PID: " + std::to_string(main_pid()) + " ("))
        << coloured;
    EXPECT_TRUE(contains(coloured, "      Tasks: 1\r\n")) << coloured;
    EXPECT_TRUE(std::regex_search(coloured, std::regex("     Memory: [0-9.]+[BKM]\r"))) << coloured;
    EXPECT_TRUE(contains(coloured, "     Status: serving 5 clients\r\n")) << coloured;
    const std::string plain = on_terminal(200, {{"NO_COLOR", "1"}});
    EXPECT_FALSE(contains(plain, "\033")) << plain;
    EXPECT_TRUE(contains(plain, "● " + name())) << plain;
    const std::string ascii = on_terminal(200, {{"NO_COLOR", "1"}, {"LANG", "C"}});
    EXPECT_TRUE(contains(ascii, "* " + name())) << ascii;
    const std::string narrow = on_terminal(40, {{"NO_COLOR", "1"}});
    EXPECT_TRUE(contains(narrow, "…\r\n")) << "the command line is longer than that\n" << narrow;
    stopped();
}

TEST_F(StatusTest, InAPipe) {
    configure(web);
    started();
    const Outcome outcome = run({.command = {amphid_binary(), "status", config()},
                                 .environment = {{"TERM", "xterm"}, {"LANG", "C"}}});
    EXPECT_FALSE(contains(outcome.out, "\033"));
    EXPECT_TRUE(contains(outcome.out, "* " + name() + " - The test's service\n")) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, helper_binary())) << "whole lines\n" << outcome.out;
    stopped();
}

// Every member is one of the schema's, every required one is there, nothing is null or empty.
TEST_F(StatusTest, JsonIsAsTheSchemaSays) {
    const std::string schema = amphid({"reference", "--format=status-schema"}).out;
    std::set<std::string> known;
    const std::regex property("^    \"([a-z-]+)\": \\{\"type\"", std::regex::multiline);
    for (std::sregex_iterator i(schema.begin(), schema.end(), property), end; i != end; ++i)
        known.insert((*i)[1]);
    ASSERT_GT(known.size(), 20U) << schema;
    std::smatch required;
    ASSERT_TRUE(std::regex_search(schema, required, std::regex("\"required\": \\[([^\\]]*)\\]")));
    const auto check = [&](const std::string& when) {
        const std::string json = status({"--json"}).out;
        EXPECT_TRUE(json.starts_with("{\"version\":1,")) << json;
        const std::regex member("[{,]\"([a-z-]+)\":");
        std::set<std::string> there;
        for (std::sregex_iterator i(json.begin(), json.end(), member), end; i != end; ++i)
            there.insert((*i)[1]);
        for (const std::string& one : there)
            EXPECT_TRUE(known.contains(one)) << when << ": " << one;
        const std::string list = required[1];
        const std::regex word("\"([a-z-]+)\"");
        for (std::sregex_iterator i(list.begin(), list.end(), word), end; i != end; ++i)
            EXPECT_TRUE(there.contains((*i)[1])) << when << ": " << (*i)[1] << json;
        EXPECT_FALSE(contains(json, "null") || contains(json, ":\"\"")) << when << json;
        return there;
    };
    configure(web);
    EXPECT_FALSE(check("never started").contains("main-pid"));
    started();
    const auto running = check("running");
    for (const char* one : {"main-pid", "launcher-pid", "main-command", "memory-bytes", "tasks",
                            "cpu-usec", "ready-usec", "pid-file", "status-text", "mode"})
        EXPECT_TRUE(running.contains(one)) << one;
    EXPECT_FALSE(running.contains("failure"));
    stopped();
    EXPECT_FALSE(check("stopped").contains("main-pid"));
    configure(service("notify", {"--exit", "7"}));
    start();
    const auto failed = check("failed");
    for (const char* one : {"failure", "exit-kind", "exit-status"})
        EXPECT_TRUE(failed.contains(one)) << one;
}

// The text format: HELP and TYPE before the samples of each metric.
TEST_F(StatusTest, MetricsAreWellFormed) {
    configure(web);
    started();
    const Outcome outcome = status({"--metrics"});
    EXPECT_EQ(outcome.code, 0);
    const std::string label = "{name=\"" + name() + "\"} ";
    EXPECT_TRUE(contains(outcome.out, "\namphid_service_ready" + label + "1\n")) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, "\namphid_service_memory_bytes" + label)) << outcome.out;
    const std::regex line("# HELP [a-z_]+ .+|# TYPE [a-z_]+ (gauge|counter)|"
                          "[a-z_]+\\{name=\"[^\"]*\"\\} [0-9]+(\\.[0-9]+)?");
    std::istringstream lines(outcome.out);
    for (std::string text; std::getline(lines, text);)
        EXPECT_TRUE(std::regex_match(text, line)) << text;
    stopped();
    EXPECT_EQ(status({"--metrics"}).code, 0) << "a collector is no place for exit codes";
}

// Without a name: what ran and what is only configured, what failed first.
TEST_F(StatusTest, TableOfAll) {
    std::filesystem::create_directories(path("xdg-config/amphid"));
    write("xdg-config/amphid/never.toml", service("notify", {"--notify"}));
    write("xdg-config/amphid/web.toml", web);
    write("xdg-config/amphid/broken.toml", service("notify", {"--exit", "7"}));
    Launch launch{.environment = {{"XDG_CONFIG_HOME", path("xdg-config")},
                                  {"XDG_RUNTIME_DIR", path("xdg")},
                                  {"LANG", "C"}}};
    if (::getuid() == 0) {
        launch.command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
        ASSERT_EQ(::chown(path("xdg").c_str(), 65534, 65534), 0);
    }
    EXPECT_EQ(amphid({"start", "web"}, launch).code, 0);
    EXPECT_EQ(amphid({"start", "broken"}, launch).code, 1);
    const Outcome outcome = amphid({"status"}, launch);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    std::vector<std::string> lines;
    std::istringstream in(outcome.out);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    ASSERT_EQ(lines.size(), 4U) << outcome.out;
    EXPECT_TRUE(std::regex_match(
        lines[0], std::regex("  NAME +STATE +SINCE +PID +MEMORY +RESTARTS +DESCRIPTION")))
        << lines[0];
    EXPECT_TRUE(std::regex_match(lines[1], std::regex("\\* broken +failed .*"))) << lines[1];
    EXPECT_TRUE(std::regex_match(lines[2], std::regex("\\* never +dead +- +- +- +-"))) << lines[2];
    EXPECT_TRUE(std::regex_match(
        lines[3], std::regex("\\* web +running +[0-9a-z ]+ ago +[0-9]+ +[0-9.]+[KM] +0 +The "
                             "test's service")))
        << lines[3];
    // The same on a terminal: in colours, and cut at its width.
    launch.command.insert(launch.command.end(),
                          {"bash", "-c", "stty cols 60; exec '" + amphid_binary() + "' status"});
    launch.environment["TERM"] = "xterm";
    launch.environment["LANG"] = "C.UTF-8";
    launch.on_terminal = true;
    const std::string seen = run(launch).out;
    EXPECT_TRUE(contains(seen, "\033[1;31m×\033[0m broken  ")) << seen;
    EXPECT_TRUE(contains(seen, "\033[1;32m●\033[0m web ")) << seen;
    EXPECT_TRUE(contains(seen, "…\r\n")) << seen;
    launch.environment["NO_COLOR"] = "1";
    const std::string plain = run(launch).out;
    EXPECT_TRUE(contains(plain, "\n× broken  ")) << plain;
    EXPECT_FALSE(contains(plain, "\033")) << plain;
    launch.command.resize(launch.command.size() - 3);
    launch.on_terminal = false;
    EXPECT_EQ(amphid({"stop", "web"}, launch).code, 0);
}

// Why it failed, and when it is started again.
TEST_F(StatusTest, AutoRestart) {
    configure(service("notify", {"--exit", "7"}) +
              "restart = \"on-failure\"\nrestart-sec = \"1h\"\n");
    EXPECT_EQ(start().code, 1);
    ASSERT_TRUE(await_state("auto-restart"));
    const std::string text = status().out;
    for (const char* line :
         {"     Active: auto-restart \\(exit-code\\) since .*; [^\n]* ago\n",
          "    Failure: .*exited with code 7 \\(result 'exit-code'\\), [^\n]* ago\n",
          " Next start: in (1h|59min [0-9]+s), at [A-Z][a-z]{2} [0-9-]{10} [0-9:]{8} [A-Z]+\n"})
        EXPECT_TRUE(std::regex_search(text, std::regex(line))) << line << '\n' << text;
    stopped();
}

// "dead" alone would not say why.
TEST_F(StatusTest, AFileThatCannotBeUsed) {
    configure("[service]\nexec-strat = \"/bin/true\"\n");
    const std::string text = status().out;
    EXPECT_TRUE(contains(text, "Loaded: " + config() + " (cannot be used; see `amphid check " +
                                   config() + "`)\n"))
        << text;
}

// What a service wrote last, where that is a file.
TEST_F(StatusTest, LastLinesOfALogFile) {
    configure("[service]\ntype = \"exec\"\nrestart = \"no\"\nexec-start = " +
              shell("for i in $(seq 1 15); do echo line $i; done; exit 3") +
              "\nstandard-output = " + quoted("append:" + path("log")) + "\n");
    start();
    ASSERT_TRUE(await_state("failed"));
    const std::string text = status().out;
    EXPECT_TRUE(contains(text, "\nline 6\n") && contains(text, "\nline 15\n")) << text;
    EXPECT_FALSE(contains(text, "\nline 5\n")) << text;
}

// An earlier run's log says nothing about the one in the foreground, which wrote to its terminal.
TEST_F(StatusTest, ARunInTheForegroundHasNoLinesOfAnEarlierOne) {
    configure("[service]\ntype = \"exec\"\nexec-start = " +
              shell("echo an old line; exec sleep 1000") + "\n");
    started({"--daemon"});
    ASSERT_TRUE(await("the daemon's line in its log", [&] {
        return contains(amphid({"logs", config()}).out, "an old line");
    }));
    EXPECT_TRUE(contains(status().out, "\nan old line\n")) << status().out;
    stopped();
    EXPECT_TRUE(contains(status().out, "\nan old line\n")) << status().out;

    Program& run = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    const std::string text = status().out;
    EXPECT_TRUE(contains(text, "(foreground mode)")) << text;
    EXPECT_FALSE(contains(text, "\nan old line\n")) << text;
    stopped();
    finish(run);
    EXPECT_FALSE(contains(status().out, "\nan old line\n")) << "after its end: " << status().out;
}

// With a log of its own its lines are there, and a failure shows the last of them.
TEST_F(StatusTest, ARunInTheForegroundHasTheLinesOfItsLog) {
    configure(service("notify", {"--stderr", "no more disks", "--exit-on", "USR1:3", "--notify"}) +
              "restart = \"no\"\n[log]\nfile = " + quoted(path("log")) + "\n");
    Program& run = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    ASSERT_TRUE(
        await("its line in its log", [&] { return contains(status().out, "\nno more disks\n"); }));
    send_signal(main_pid(), SIGUSR1);
    const Outcome outcome = finish(run);
    EXPECT_EQ(outcome.code, 3);
    EXPECT_TRUE(contains(outcome.err, "exited with code 3")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "    no more disks\n")) << outcome.err;
    EXPECT_TRUE(contains(status().out, "\nno more disks\n")) << status().out;
}

} // namespace amphid::test
