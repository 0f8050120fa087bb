// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// --quiet and --verbose.

#include "fixture.h"

#include <regex>

namespace amphid::test {

class VolumeTest : public ProcessTest {
protected:
    Outcome command(const std::string& verb, const std::string& option) {
        return amphid({verb, option, config()});
    }
    /// The lines "amphid: [  0.012 s] TEXT" without their times.
    static std::string steps_of(const Outcome& outcome) {
        return std::regex_replace(outcome.err, std::regex(R"(\[ *[0-9]+\.[0-9]{3} s\] )"), "@ ");
    }
};

TEST_F(VolumeTest, QuietLeavesOnlyWarningsAndErrors) {
    configure(service("notify", {"--on", "HUP", "{", "--reloading", "--notify", "}", "--notify"}) +
              "reload-signal = \"SIGHUP\"\n");
    for (const std::string verb : {"start", "start", "reload", "restart", "stop", "stop"}) {
        const Outcome outcome = command(verb, "--quiet");
        EXPECT_EQ(outcome.code, 0) << verb;
        EXPECT_EQ(outcome.out + outcome.err, "") << verb;
    }
    configure(service("notify", {"--exit", "7"}));
    const Outcome failed = command("start", "-q");
    EXPECT_EQ(failed.code, 1);
    expect_words(failed.err, "failed to start");
    configure(service("exec", {"--exit", "0"}));
    const Outcome run = command("run", "-q");
    EXPECT_EQ(run.out + run.err, "");
}

TEST_F(VolumeTest, VerboseTellsTheStepsOfADaemon) {
    const std::string before = "exec-start-pre = [[\"/bin/sh\", \"-c\", \"echo up >&2\"]]\n";
    configure(service("notify", {"--stderr", "hello", "--notify"}) + before);
    const Outcome started = command("start", "--verbose");
    const std::string steps = steps_of(started);
    EXPECT_EQ(started.code, 0);
    for (const std::string& wanted :
         Words{": start-pre\n", ": exec-start-pre /bin/sh, PID ", "\n    up\n", ": start\n",
               ": exec-start " + helper_binary() + ", PID ", "\n    hello\n",
               ": waiting for its READY (sd_notify)\n"}) {
        EXPECT_NE(steps.find(wanted), std::string::npos) << wanted << "is not in:\n" << steps;
    }
    EXPECT_EQ(steps.substr(0, 10 + name().size()), "amphid: @ " + name()) << started.err;
    EXPECT_TRUE(started.pipes_closed) << "the launcher holds the terminal";
    const Outcome stopped = command("stop", "-v");
    EXPECT_EQ(stopped.code, 0);
    expect_words(steps_of(stopped), "amphid: @ " + name() + ": sent SIGTERM to its launcher, PID ");
    expect_words(steps_of(stopped), "amphid: @ " + name() + ": dead");
    EXPECT_EQ(stopped.out, name() + ": stopped\n");
}

TEST_F(VolumeTest, TheTimesOfARestartGoOn) {
    configure(service("notify", {"--notify"}));
    started();
    const std::string steps = command("restart", "-v").err;
    const std::regex time("\\[ *([0-9]+\\.[0-9]{3}) s\\]");
    double last = 0;
    int count = 0;
    for (std::sregex_iterator i(steps.begin(), steps.end(), time), end; i != end; ++i, ++count) {
        EXPECT_GE(std::stod((*i)[1]), last) << steps;
        last = std::stod((*i)[1]);
    }
    EXPECT_GT(count, 3) << steps;
    stopped();
}

TEST_F(VolumeTest, VerboseTellsTheStepsOfTheForeground) {
    configure(service("exec", {"--exit", "0"}));
    const Outcome run = command("run", "-v");
    EXPECT_EQ(run.code, 0);
    expect_words(steps_of(run), "amphid: @ " + name() + ": start\n");
    expect_words(steps_of(run), "amphid: @ " + name() + ": stopped\n");
}

TEST_F(VolumeTest, TheyExcludeEachOther) {
    const Outcome outcome = amphid({"start", "-q", "-v", config()});
    EXPECT_EQ(outcome.code, 2);
    expect_words(outcome.err, "--quiet and --verbose exclude each other");
}

TEST_F(VolumeTest, ColourOnATerminalUnlessRefused) {
    configure("[service]\nexec-start = [\"/no/such/program\"]\n");
    const auto shown = [this](const std::string& refused) {
        return amphid({"run", config()}, {.environment = {{"TERM", "linux"}, {"NO_COLOR", refused}},
                                          .on_terminal = true})
            .out;
    };
    EXPECT_NE(shown("").find("\033[1;31m"), std::string::npos);
    EXPECT_EQ(shown("1").find("\033["), std::string::npos);
    EXPECT_EQ(amphid({"run", config()}, {.environment = {{"TERM", "linux"}}}).err.find("\033["),
              std::string::npos);
}

} // namespace amphid::test
