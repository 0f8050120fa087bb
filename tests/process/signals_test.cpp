// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// What a process of the same user can do to a launcher by signals and by ptrace(2).

#include "fixture.h"
#include "helper/file.h"

#include <csignal>

namespace amphid::test {

class SignalsTest : public ProcessTest {
protected:
    void stop_launcher() {
        const pid_t pid = launcher();
        send_signal(pid, SIGSTOP);
        ASSERT_TRUE(await("the launcher to stand still", [&] {
            const auto stat = stat_of(pid);
            return stat && stat->state == 'T';
        }));
    }

    static constexpr const char* continued = "was stopped by a signal; continuing it";
};

// libc keeps 32 and 33 for its threads, and leaves them out of every set.
TEST_F(SignalsTest, TheTwoOfLibcsThreadsAreSignalsLikeOthers) {
    configure(service("notify", {"--notify"}) + "restart = \"always\"\nrestart-sec = 0\n");
    const pid_t pid = started();
    int restarts = 0;
    for (const int number : {32, 33}) {
        send_signal(pid, number); // passed on to the service, which dies of it
        ASSERT_TRUE(await_field("restarts", std::to_string(++restarts)));
        ASSERT_TRUE(await_state("running"));
    }
    EXPECT_EQ(launcher(), pid);
    stopped();
}

TEST_F(SignalsTest, AFloodOfThemKeepsNobodyFromAStop) {
    configure(service("notify", {"--ignore", "RTMIN+5", "--exit-on", "TERM:0", "--notify"}));
    const std::string pid = std::to_string(started());
    std::vector<Program*> floods;
    for (int i = 0; i < 3; ++i)
        floods.push_back(&spawn({.command = {helper_binary(), "signal-flood", pid, "RTMIN+5"}}));
    for (const Program* one : floods)
        ASSERT_TRUE(await("the flood", [&] { return is_alive(one->pid); }));
    stopped();
    for (Program* one : floods)
        EXPECT_EQ(finish(*one).code, 0);
}

TEST_F(SignalsTest, AStoppedLauncherIsContinuedByWhoeverWaitsForIt) {
    configure(service("notify", {"--on", "HUP", "{", "}", "--exit-on", "TERM:0", "--notify"}) +
              "reload-signal = \"HUP\"\n");
    started();
    for (const char* verb : {"reload", "restart", "stop"}) {
        stop_launcher();
        const Outcome outcome = amphid({verb, config()});
        EXPECT_EQ(outcome.code, 0) << verb << outcome.err;
        expect_words(outcome.err, continued);
    }
    expect_nobody_left();
}

TEST_F(SignalsTest, AStartContinuesItToo) {
    configure(service("notify", {"--notify-after", path("go")}));
    Program& first = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_state("start"));
    stop_launcher();
    write("go", "");
    const Outcome outcome = finish(first);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(outcome.err, continued);
    stopped();
}

// A service that makes its launcher its tracer: what the kernel then tells is no end of it.
TEST_F(SignalsTest, AStopForTheTracerIsNoEnd) {
    for (const char* kill_mode : {"control-group", "process"}) {
        configure(
            service("notify", {"--append", path("starts"), "--traceme", "--on", "USR1", "{",
                               "--append", path("heard"), "}", "--exit-on", "TERM:0", "--notify"}) +
            "restart = \"always\"\nrestart-sec = 0\nkill-mode = \"" + kill_mode + "\"\n");
        write("starts", "");
        write("heard", "");
        started();
        const pid_t main = main_pid();
        send_signal(main, SIGUSR1);
        ASSERT_TRUE(await_lines("heard", 1)) << "the signal that it was stopped for";
        EXPECT_EQ(main_pid(), main);
        EXPECT_EQ(state("restarts"), "0");
        EXPECT_EQ(lines("starts").size(), 1U);
        stopped();
        expect_nobody_left();
    }
}

// execve(2) stops whoever is traced.
TEST_F(SignalsTest, ATracedProgramIsStartedLikeAnother) {
    configure("[service]\ntype = \"notify\"\nexec-start = [" + quoted(helper_binary()) +
              ", \"traced\", " + quoted(helper_binary()) + ", \"serve\", \"--append\", " +
              quoted(path("starts")) + ", \"--notify\"]\n");
    started();
    EXPECT_EQ(lines("starts").size(), 1U);
    EXPECT_EQ(state("state"), "running");
    stopped();
}

} // namespace amphid::test
