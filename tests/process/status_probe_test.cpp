// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// `status --ready`, `--live` and `--wait`: answers by exit code, for probes and scripts.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>

namespace amphid::test {

class StatusProbeTest : public ProcessTest {
protected:
    Outcome ask(const std::string& option) { return amphid({"status", config(), option}); }
    /// A service that is ready when the file `go` is there.
    void configure_slow() { configure(service("notify", {"--await", path("go"), "--notify"})); }
};

TEST_F(StatusProbeTest, ReadyAndLive) {
    configure_slow();
    EXPECT_EQ(ask("--ready").code, 3);
    expect_words(ask("--live").err, "not live: it is not running");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await("the service to start", [&] { return state("waiting-for") != ""; }));
    const Outcome early = ask("--ready");
    EXPECT_EQ(early.code, 3);
    expect_words(early.err, "not ready: waiting for its READY");
    EXPECT_EQ(early.out, "");
    EXPECT_EQ(ask("--live").code, 0);
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    const Outcome ready = ask("--ready");
    EXPECT_EQ(ready.code, 0);
    EXPECT_EQ(ready.out + ready.err, "");
    stopped();
    EXPECT_EQ(ask("--ready").code, 3);
    EXPECT_EQ(ask("--live").code, 3);
}

// A liveness probe is there for what stands still.
TEST_F(StatusProbeTest, StoppedBySignalIsNotLive) {
    configure(service("notify", {"--notify"}));
    started();
    for (const char* who : {"main.pid", "launcher.pid"}) {
        const pid_t pid = std::stoi(state(who));
        ASSERT_EQ(::kill(pid, SIGSTOP), 0);
        ASSERT_TRUE(await("it to stand still", [&] { return ask("--live").code == 3; })) << who;
        const std::string why = "PID " + state(who) + " is stopped by a signal";
        expect_words(ask("--live").err, why);
        const bool serves = std::string(who) == "launcher.pid";
        EXPECT_EQ(ask("--ready").code, serves ? 0 : 3) << who;
        const Outcome shown = status();
        EXPECT_EQ(shown.code, serves ? 0 : 3) << who;
        expect_words(shown.out, ", but " + why + "\n");
        expect_words(status({"--json"}).out, "\"suspended\":\"" + why + "\"");
        Program& waiting = spawn_amphid({"status", config(), "--wait=ready"});
        ASSERT_EQ(::kill(pid, SIGCONT), 0);
        ASSERT_TRUE(await("it to go on", [&] { return ask("--live").code == 0; })) << who;
        EXPECT_EQ(finish(waiting).code, 0) << waiting.error;
    }
    stopped();
}

// Load balancers forget it while it still serves; a second request does not wait for them.
TEST_F(StatusProbeTest, NotReadyButLiveWhileItDrains) {
    configure(service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0", "--notify"}) +
              "drain-sec = \"1h\"\n");
    const pid_t launcher = started();
    Program& stop = spawn_amphid({"stop", config()});
    ASSERT_TRUE(await_state("drain"));
    const Outcome ready = ask("--ready");
    EXPECT_EQ(ready.code, 3);
    expect_words(ready.err, "not ready: its state is drain");
    EXPECT_EQ(ask("--live").code, 0);
    EXPECT_FALSE(exists(path("log"))) << read("log");
    send_signal(launcher, SIGTERM);
    EXPECT_EQ(finish(stop).code, 0);
    EXPECT_EQ(read("log"), "TERM\n");
    expect_nobody_left();
}

TEST_F(StatusProbeTest, DrainEndsInItsTime) {
    configure(service("notify", {"--exit-on", "TERM:0", "--notify"}) + "drain-sec = \"50ms\"\n");
    Program& unit = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    send_signal(unit.pid, SIGTERM);
    EXPECT_EQ(finish(unit).code, 0);
    expect_words(unit.error, "stopping in 50ms");
    EXPECT_GE(count_messages("STOPPING=1"), 1U);
}

TEST_F(StatusProbeTest, LiveBetweenRestarts) {
    configure(service("exec", {"--exit", "1"}) + "restart = \"always\"\nrestart-sec = 60\n");
    amphid({"start", config()});
    ASSERT_TRUE(await("the restart", [&] { return state("state") == "auto-restart"; }));
    EXPECT_EQ(ask("--live").code, 0);
    EXPECT_EQ(ask("--ready").code, 3);
    stopped();
}

TEST_F(StatusProbeTest, WaitsForReadinessAndForTheEnd) {
    configure_slow();
    Program& before = spawn_amphid({"status", config(), "--wait=ready"});
    Program& start = spawn_amphid({"start", config()});
    ASSERT_TRUE(await("the service to start", [&] { return state("waiting-for") != ""; }));
    const Outcome late = amphid({"status", config(), "--wait=ready", "--timeout=10ms"});
    EXPECT_EQ(late.code, 3);
    expect_words(late.err, "not ready: not within 10ms: waiting for its READY");
    EXPECT_FALSE(before.status);
    write("go", "");
    EXPECT_EQ(finish(start).code, 0);
    EXPECT_EQ(finish(before).code, 0);
    Program& end = spawn_amphid({"status", config(), "--wait=stopped"});
    stopped();
    EXPECT_EQ(finish(end).code, 0) << end.error;
}

TEST_F(StatusProbeTest, WaitEndsWithAFailedStart) {
    configure(service("notify", {"--await", path("go"), "--exit", "7"}));
    Program& start = spawn_amphid({"start", config()});
    ASSERT_TRUE(await("the service to start", [&] { return state("waiting-for") != ""; }));
    Program& waiting = spawn_amphid({"status", config(), "--wait=ready"});
    write("go", "");
    EXPECT_EQ(finish(start).code, 1);
    EXPECT_EQ(finish(waiting).code, 3);
    expect_words(waiting.error, "failed to start: exited with code 7");
}

} // namespace amphid::test
