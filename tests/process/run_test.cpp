// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// What `amphid run` takes beside a file: arguments, settings, a program; and rewritten signals.

#include "fixture.h"

#include <csignal>

namespace amphid::test {

class RunTest : public ProcessTest {};

// The CMD of a container image, as it is: nothing of it is expanded.
TEST_F(RunTest, RunPassesArguments) {
    configure("[service]\nexec-start = [\"/bin/sh\", \"-c\", 'printf \"<%s>\" \"$$@\" >" +
              path("out") + "', \"sh\", \"first\"]\ntype = \"exec\"\n");
    EXPECT_EQ(amphid({"run", config(), "--", "$HOME", "a b", "--no-retry"}).code, 0);
    EXPECT_EQ(read("out"), "<first><$HOME><a b><--no-retry>");
    EXPECT_EQ(amphid({"run", "--", config()}).code, 0);
    EXPECT_EQ(read("out"), "<first>");
}

TEST_F(RunTest, ArgumentsNeedOneCommandToGoTo) {
    configure("[service]\ntype = \"oneshot\"\nexec-start = [[\"/bin/true\"], [\"/bin/true\"]]\n");
    const Outcome outcome = amphid({"run", config(), "--", "x"});
    EXPECT_EQ(outcome.code, 2);
    expect_words(outcome.err, "arguments can be added to one exec-start only, not to 2");
}

// An image without a configuration: the program, its arguments as they are, its directory.
TEST_F(RunTest, RunsAProgramWithoutAFile) {
    const Outcome outcome =
        amphid({"run", "--set", "launcher.name=" + name(), "--set", "environment=COLOUR=blue",
                "--exec", "/bin/sh", "-c", "printf '<%s>' \"$PWD\" \"$COLOUR\" \"$@\"; exit 7",
                "sh", "%i", "$HOME", "--"});
    EXPECT_EQ(outcome.code, 7) << outcome.err;
    expect_words(outcome.out, "<blue><%i><$HOME><-->");
    EXPECT_TRUE(outcome.out.starts_with("<" + path("").substr(0, path("").size() - 1) + ">"))
        << outcome.out;
    EXPECT_EQ(state("config"), "--exec /bin/sh");
}

// Its name is enough to ask for it and to stop it, and nobody else's program takes its place.
TEST_F(RunTest, AProgramIsAServiceOfItsName) {
    Program& unit = spawn_amphid({"run", "--set", "launcher.name=" + name(), "--exec",
                                  helper_binary(), "serve", "--exit-on", "TERM:0"});
    ASSERT_TRUE(await_state("running"));
    const Outcome status = amphid({"status", name()});
    EXPECT_EQ(status.code, 0) << status.out << status.err;
    expect_words(status.out, "--exec " + helper_binary());
    const Outcome second =
        amphid({"run", "--set", "launcher.name=" + name(), "--exec", "/bin/true"});
    EXPECT_EQ(second.code, 1);
    expect_words(second.err, "is taken by --exec " + helper_binary());
    EXPECT_EQ(amphid({"stop", name()}).code, 0);
    EXPECT_EQ(finish(unit).code, 0) << unit.error;
}

TEST_F(RunTest, SettingsAreInForceOverTheFile) {
    configure(service("exec", {"--exit", "3"}) + "success-exit-status = 5\n");
    EXPECT_EQ(amphid({"run", config()}).code, 3);
    EXPECT_EQ(
        amphid({"run", config(), "--set", "exec-start=[\"/bin/sh\", \"-c\", \"exit 4\"]"}).code, 4);
    const Outcome wrong = amphid({"run", config(), "--set", "restrat=always"});
    EXPECT_EQ(wrong.code, 6);
    expect_words(wrong.err, "--set:1:9: error: unknown key 'restrat'; did you mean 'restart'?");
    expect_words(amphid({"run", "--exec", "/bin/["}).err, "gives no service name");
    EXPECT_EQ(amphid({"run", "--exec", "/nowhere/at-all"}).code, 5);
}

// A container is stopped with SIGTERM, and the program knows another signal.
TEST_F(RunTest, SignalsAreRewritten) {
    configure(service("exec", {"--log-signals", path("log"), "--exit-on", "USR1:4", "--ready-file",
                               path("up")}) +
              "[launcher]\nsignals = { SIGTERM = \"SIGUSR1\", USR2 = \"\", SIGALRM = 28 }\n");
    Program& unit = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    ASSERT_TRUE(await_file("up"));
    send_signal(launcher(), SIGUSR2);
    send_signal(launcher(), SIGALRM);
    ASSERT_TRUE(await_lines("log", 1));
    send_signal(launcher(), SIGTERM);
    EXPECT_EQ(finish(unit).code, 4) << unit.error;
    EXPECT_EQ(read("log"), "WINCH\nUSR1\n");
}

// `amphid stop` means stop, whatever SIGTERM is taken for.
TEST_F(RunTest, ACommandsSignalIsNotRewritten) {
    configure(service("exec", {"--exit-on", "TERM:0", "--ready-file", path("up")}) +
              "[launcher]\nsignals = { SIGTERM = \"\" }\n");
    Program& unit = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    ASSERT_TRUE(await_file("up"));
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(finish(unit).code, 0) << unit.error;
}

} // namespace amphid::test
