// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The command line: exit codes, texts, and the printing commands.

#include "fixture.h"
#include "helper/file.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sys/stat.h>

namespace amphid::test {

class CommandsTest : public ProcessTest {
protected:
    static bool contains(const std::string& text, const std::string& part) {
        return text.find(part) != std::string::npos;
    }

    static std::string without_blanks(std::string text) {
        std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
        return text;
    }

    const std::string plain = service("notify", {"--notify"});
};

TEST_F(CommandsTest, HelpAndVersion) {
    const Outcome help = amphid({"--help"});
    EXPECT_EQ(help.code, 0);
    EXPECT_EQ(help.err, "");
    for (const char* command : {"start", "run", "stop", "restart", "reload", "status", "check",
                                "explain", "reference", "--version", "--daemon", "--foreground"})
        EXPECT_TRUE(contains(help.out, command)) << command;
    const Outcome version = amphid({"--version"});
    EXPECT_EQ(version.code, 0);
    EXPECT_TRUE(version.out.starts_with("amphid ")) << version.out;
}

// A typo gets one sentence, not the whole help.
TEST_F(CommandsTest, UsageErrorsAreTwoAndOneSentence) {
    configure(plain);
    const Words wrong[] = {{},
                           {"strat", config()},
                           {"start"},
                           {"stop"},
                           {"check"},
                           {"explain"},
                           {"run", config(), "surplus"},
                           {"start", "--demon", config()},
                           {"start", "--daemon", "--foreground", config()},
                           {"start", ""},
                           {"start", "bad name"},
                           {"start", std::string(65, 'x')},
                           {"reference", "--format=klingon"}};
    for (const Words& words : wrong) {
        const Outcome outcome = amphid(words);
        std::string line;
        for (const std::string& word : words)
            line += word + " ";
        EXPECT_EQ(outcome.code, 2) << line << outcome.out << outcome.err;
        EXPECT_EQ(outcome.out, "") << line;
        EXPECT_LE(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 3) << line;
        EXPECT_FALSE(outcome.err.empty()) << line;
    }
}

TEST_F(CommandsTest, ConfigurationThatIsNotThereIsSix) {
    for (const char* command : {"start", "run", "check", "explain"}) {
        const Outcome outcome = amphid({command, path("missing.toml")});
        EXPECT_EQ(outcome.code, 6) << command << outcome.err;
        EXPECT_TRUE(contains(outcome.err, "missing.toml")) << outcome.err;
    }
}

TEST_F(CommandsTest, CheckIsSilentAboutAGoodFile) {
    configure(plain);
    const Outcome outcome = amphid({"check", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
}

TEST_F(CommandsTest, CheckTellsEveryMistakeWithItsPlace) {
    const std::string file = write("bad.toml", "[service]\n"
                                               "exec-start = [\"true\"]\n"
                                               "restrat = \"always\"\n"
                                               "timeout-stop-sec = \"soon\"\n"
                                               "type = 7\n");
    const Outcome outcome = amphid({"check", file});
    EXPECT_EQ(outcome.code, 6);
    EXPECT_TRUE(contains(outcome.err,
                         file + ":3:1: error: unknown key 'restrat'; did you mean 'restart'?\n"))
        << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "restrat = \"always\"\n")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "^")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, file + ":4:20: error: ")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, file + ":5:8: error: ")) << outcome.err;
}

TEST_F(CommandsTest, CheckReadsSeveralFiles) {
    configure(plain);
    const std::string first = write("first.toml", "[servcie]\n");
    const std::string second = write("second.toml", "[service]\nexec-start = [\n");
    const Outcome outcome = amphid({"check", first, config(), second});
    EXPECT_EQ(outcome.code, 6);
    EXPECT_TRUE(contains(outcome.err, first + ":1:")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, second + ":")) << outcome.err;
}

TEST_F(CommandsTest, StartWithMistakesStartsNothing) {
    configure(plain + "restrat = \"always\"\n");
    for (const char* command : {"start", "run", "restart"}) {
        const Outcome outcome = amphid({command, config()});
        EXPECT_EQ(outcome.code, 6) << command;
        EXPECT_TRUE(contains(outcome.err, "did you mean 'restart'?")) << outcome.err;
    }
    EXPECT_FALSE(exists(runtime("pid")));
}

// A running service can be stopped whatever became of its file.
TEST_F(CommandsTest, StopWorksWithAFileThatWentBad) {
    configure(plain);
    const pid_t pid = started();
    configure("[service\n");
    const Outcome outcome = stop();
    EXPECT_TRUE(outcome.code == 0 || outcome.code == 6) << outcome.code;
    if (outcome.code != 0) {
        send_signal(pid, SIGTERM);
        EXPECT_TRUE(await_gone(pid));
    }
    EXPECT_FALSE(is_alive(pid));
}

// It may say another runtime-directory, where the service runs: "not running" would be a guess.
TEST_F(CommandsTest, StopOfAFileThatCannotBeReadClaimsNothing) {
    write(name() + ".toml", "[launcher]\nruntime-directory = \"/run/elsewhere\"\nnonsense\n");
    const Outcome outcome = stop();
    EXPECT_EQ(outcome.code, 6);
    EXPECT_NE(outcome.err.find("has mistakes"), std::string::npos) << outcome.err;
    EXPECT_EQ(status().code, 4);
    write(name() + ".toml", std::string((1 << 20) + 1, '#'));
    EXPECT_EQ(stop().code, 6);
    EXPECT_EQ(status().code, 4);
    const Outcome refused = start();
    EXPECT_EQ(refused.code, 6);
    expect_words(refused.err, "cannot read " + config() + ": File too large");
}

TEST_F(CommandsTest, StatusIsLsbs) {
    configure(service("notify", {"--notify-after", path("go")}));
    EXPECT_EQ(status().code, 3) << "never started";
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_state("start"));
    EXPECT_EQ(status().code, 3) << "starting";
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    EXPECT_EQ(status().code, 0) << "running";
    stopped();
    EXPECT_EQ(status().code, 3) << "stopped";
    write_file(runtime("pid"), "4194303\n");
    EXPECT_EQ(status().code, 1) << "dead, but the pid file exists";
}

TEST_F(CommandsTest, StatusAsText) {
    configure(service("notify", {"--status", "serving 5 clients", "--notify"}) +
              "[unit]\ndescription = \"The test's service\"\n");
    started();
    const Outcome outcome = status();
    for (const std::string& part :
         {name(), std::string("running"), std::to_string(launcher()), std::to_string(main_pid()),
          std::string("serving 5 clients"), std::string("daemon")})
        EXPECT_TRUE(contains(outcome.out, part)) << part << " is not in\n" << outcome.out;
    stopped();
}

TEST_F(CommandsTest, StatusOfAFailureSaysWhy) {
    configure(service("notify", {"--exit", "7"}));
    start();
    const Outcome outcome = status();
    EXPECT_EQ(outcome.code, 3);
    EXPECT_TRUE(contains(outcome.out, "failed")) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, "exit-code")) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, "7")) << outcome.out;
}

// Text of a service is escaped before it reaches a terminal.
TEST_F(CommandsTest, StatusEscapesTheServicesText) {
    configure(service("notify", {"--status", "\033[2Jgone", "--notify"}));
    started();
    EXPECT_FALSE(contains(status().out, "\033"));
    const Outcome json = status({"--json"});
    EXPECT_FALSE(contains(json.out, "\033")) << "JSON has \\u001b for it";
    EXPECT_TRUE(contains(json.out, "gone"));
    stopped();
}

TEST_F(CommandsTest, StatusAsJson) {
    configure(service("notify", {"--status", "say \"hello\"", "--notify"}));
    started();
    const Outcome outcome = status({"--json"});
    EXPECT_EQ(outcome.code, 0);
    const std::string json = without_blanks(outcome.out);
    for (const std::string& part :
         {"\"name\":\"" + name() + "\"", std::string("\"state\":\"running\""),
          std::string("\"mode\":\"daemon\""), std::string("\"result\":\"success\""),
          "\"launcher-pid\":" + std::to_string(launcher()),
          "\"main-pid\":" + std::to_string(main_pid()), std::string("\"restarts\":0"),
          std::string("say\\\"hello\\\""), "\"pid-file\":\"" + runtime("pid") + "\""})
        EXPECT_TRUE(contains(json, part)) << part << " is not in\n" << json;
    stopped();
    EXPECT_TRUE(contains(without_blanks(status({"--json"}).out), "\"state\":\"dead\""));
}

TEST_F(CommandsTest, ReferenceNamesEveryKey) {
    const Outcome outcome = amphid({"reference"});
    EXPECT_EQ(outcome.code, 0);
    for (const char* key : {"description",
                            "name",
                            "mode",
                            "pid-file",
                            "service-pid-file",
                            "runtime-directory",
                            "type",
                            "exec-start",
                            "restart",
                            "restart-sec",
                            "start-limit-burst",
                            "start-limit-interval-sec",
                            "success-exit-status",
                            "timeout-start-sec",
                            "timeout-stop-sec",
                            "kill-signal",
                            "reload-signal",
                            "notify-access",
                            "working-directory",
                            "umask",
                            "environment",
                            "standard-output",
                            "standard-error"})
        EXPECT_TRUE(contains(outcome.out, key)) << key;
}

TEST_F(CommandsTest, ExplainShowsWhatWouldRunAndStartsNothing) {
    configure(service("notify", {"--append", path("starts"), "--notify"}) +
              "timeout-stop-sec = \"1min 30s\"\n");
    const Outcome outcome = amphid({"explain", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.out, helper_binary())) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, "timeout-stop-sec")) << outcome.out;
    EXPECT_TRUE(contains(outcome.out, config())) << "where a value comes from\n" << outcome.out;
    EXPECT_FALSE(exists(path("starts")));
    EXPECT_FALSE(exists(runtime("pid")));
}

// Names are looked up in $XDG_CONFIG_HOME/amphid by anybody but root.
TEST_F(CommandsTest, ServiceByName) {
    std::filesystem::create_directories(path("xdg-config/amphid"));
    const std::string known = "xdg-config/amphid/" + name() + ".toml";
    write(known, service("notify", {"--notify"}));
    Launch launch{
        .environment = {{"XDG_CONFIG_HOME", path("xdg-config")}, {"XDG_RUNTIME_DIR", path("xdg")}}};
    if (::getuid() == 0) {
        launch.command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
        ASSERT_EQ(::chown(path("xdg").c_str(), 65534, 65534), 0);
    }
    const Outcome outcome = amphid({"start", name()}, launch);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(exists(path("xdg/amphid/" + name() + "/pid")));
    EXPECT_EQ(amphid({"status", name()}, launch).code, 0);
    EXPECT_EQ(amphid({"stop", name()}, launch).code, 0);
    EXPECT_EQ(amphid({"start", "no-such-service"}, launch).code, 6);
    // The default folder is ~/.config.
    launch.environment["XDG_CONFIG_HOME"] = "";
    launch.environment["HOME"] = path("home");
    std::filesystem::create_directories(path("home/.config/amphid"));
    write("home/.config/amphid/" + name() + ".toml", service("notify", {"--notify"}));
    EXPECT_EQ(amphid({"check", path("home/.config/amphid/" + name() + ".toml")}).code, 0);
    EXPECT_EQ(amphid({"start", name()}, launch).code, 0);
    EXPECT_EQ(amphid({"stop", name()}, launch).code, 0);
}

TEST_F(CommandsTest, FileInTheCurrentFolder) {
    configure(plain);
    const Outcome outcome = amphid({"start", name() + ".toml"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(state("config"), config()) << "absolute, since the daemon leaves the folder";
    EXPECT_EQ(amphid({"stop", "./" + name() + ".toml"}).code, 0);
    EXPECT_FALSE(exists(runtime("pid")));
}

// A plain user may look, but not touch what root runs: 4.
TEST_F(CommandsTest, NotPermitted) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a service of somebody else";
    configure(plain + "[launcher]\nruntime-directory = " + quoted(path("files")) + "\n");
    ASSERT_EQ(start().code, 0);
    const Launch plain_user{
        .command = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"}};
    EXPECT_EQ(amphid({"status", config()}, plain_user).code, 0);
    for (const char* command : {"stop", "reload"}) {
        const Outcome outcome = amphid({command, config()}, plain_user);
        EXPECT_EQ(outcome.code, 4) << command << outcome.out << outcome.err;
    }
    EXPECT_EQ(status().code, 0);
    EXPECT_EQ(stop().code, 0);
}

// Run by root, a file that others can write is nobody's to trust.
TEST_F(CommandsTest, RootRefusesAFileThatOthersCanWrite) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root has something to lose";
    configure(plain);
    ASSERT_EQ(::chmod(config().c_str(), 0666), 0);
    const Outcome writable = start();
    EXPECT_EQ(writable.code, 6) << writable.out;
    ASSERT_EQ(::chmod(config().c_str(), 0644), 0);
    ASSERT_EQ(::chown(config().c_str(), 65534, 65534), 0);
    const Outcome foreign = start();
    EXPECT_EQ(foreign.code, 6) << foreign.out;
    for (const Outcome* one : {&writable, &foreign})
        if (one->code == 0)
            stop();
}

TEST_F(CommandsTest, OutputIsPlainWithoutATerminal) {
    configure(plain);
    started();
    for (const Outcome& outcome : {status(), amphid({"--help"}), amphid({"explain", config()})})
        EXPECT_FALSE(contains(outcome.out, "\033"));
    stopped();
}

TEST_F(CommandsTest, ClosedOutputIsAFailureNotASilence) {
    const Outcome outcome =
        run({.command = {"bash", "-c", "exec \"$0\" reference >/dev/full", amphid_binary()}});
    EXPECT_NE(outcome.code, 0) << "nobody got the text, and nobody was told";
}

} // namespace amphid::test
