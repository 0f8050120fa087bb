// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// exec-condition, exec-reload and type notify-reload: the hooks that are questions.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>

namespace amphid::test {

class ConditionTest : public ProcessTest {
protected:
    void condition(const Words& steps) {
        configure(service("notify", {"--append", path("starts"), "--notify"}) +
                  hooks("exec-condition", {played(steps)}) +
                  hooks("exec-start-pre", {played({"--append", path("pre"), "--exit", "0"})}));
    }

    void expect_nothing_started() {
        EXPECT_EQ(lines("starts").size() + lines("pre").size(), 0U);
        EXPECT_FALSE(exists(runtime("pid")));
        expect_nobody_left();
    }
};

TEST_F(ConditionTest, ThatHoldsIsNoHindrance) {
    condition({"--exit", "0"});
    started();
    stopped();
    EXPECT_EQ(lines("starts").size(), 1U);
}

TEST_F(ConditionTest, ThatDoesNotHoldSkipsTheStart) {
    for (const char* code : {"1", "254"}) {
        condition({"--exit", code});
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        expect_words(outcome.out, "not started: exec-condition ");
        expect_words(outcome.out, std::string(" exited with code ") + code);
        ASSERT_TRUE(await_gone(launcher()));
        EXPECT_EQ(state("state"), "dead");
        EXPECT_EQ(state("result"), "exec-condition");
        EXPECT_EQ(status().code, 3);
        expect_nothing_started();
    }
}

TEST_F(ConditionTest, ThatDoesNotHoldIsNoFailureInTheForeground) {
    condition({"--exit", "1"});
    EXPECT_EQ(amphid({"run", config()}).code, 0);
    expect_nothing_started();
}

TEST_F(ConditionTest, ThatBreaksIsAFailure) {
    for (const Words& end : {Words{"--exit", "255"}, Words{"--die", "SEGV"}}) {
        condition(end);
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 1) << outcome.out;
        expect_words(outcome.err, "exec-condition ");
        EXPECT_EQ(state("state"), "failed");
        expect_nothing_started();
    }
}

class ReloadHookTest : public ProcessTest {
protected:
    Outcome reload() { return amphid({"reload", config()}); }

    std::string logging() const {
        return service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0", "--notify"});
    }

    /// A hook that never ends, with a child; its PIDs are in `hangs`.
    std::string hanging() const {
        return played({"--ignore", "TERM", "--setsid-child", "--append", path("hangs")});
    }
};

TEST_F(ReloadHookTest, ReplacesTheSignal) {
    configure(logging() +
              hooks("exec-reload", {shell("kill -USR1 $MAINPID"),
                                    played({"--append", path("second"), "--exit", "0"})}));
    started();
    EXPECT_EQ(reload().code, 0);
    EXPECT_EQ(lines("second").size(), 1U);
    ASSERT_TRUE(await_lines("log", 1));
    EXPECT_EQ(read("log"), "USR1\n");
    EXPECT_EQ(state("state"), "running");
    stopped();
}

TEST_F(ReloadHookTest, FailureIsTheReloadsOnly) {
    configure(logging() +
              hooks("exec-reload", {played({"--stderr", "syntax error", "--exit", "1"}),
                                    played({"--append", path("second"), "--exit", "0"})}));
    const pid_t pid = started();
    const pid_t main = main_pid();
    const Outcome outcome = reload();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "did not reload");
    EXPECT_FALSE(exists(path("second")));
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(state("result"), "success");
    EXPECT_EQ(main_pid(), main);
    EXPECT_TRUE(is_alive(pid));
    EXPECT_EQ(status().code, 0);
    stopped();
    EXPECT_EQ(state("state"), "dead");
}

TEST_F(ReloadHookTest, FailureMayBeIgnored) {
    configure(logging() + hooks("exec-reload", {played({"--exit", "1"}, "-")}));
    started();
    EXPECT_EQ(reload().code, 0);
    stopped();
}

TEST_F(ReloadHookTest, ThatHangsIsEndedInTime) {
    configure(logging() + hooks("exec-reload", {hanging()}) + "timeout-start-sec = \"300ms\"\n");
    const pid_t pid = started();
    EXPECT_EQ(reload().code, 1);
    ASSERT_TRUE(await("only the main process is left",
                      [&] { return descendants_of(pid) == std::vector<pid_t>{main_pid()}; }));
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(status().code, 0);
    stopped();
}

TEST_F(ReloadHookTest, ThatHangsHoldsNobodyUp) {
    configure(service("notify", {"--on", "USR1", "{", "--status", "still listening", "}",
                                 "--exit-on", "TERM:0", "--notify"}) +
              hooks("exec-reload", {hanging()}) + "timeout-stop-sec = \"200ms\"\n");
    started();
    Program& command = spawn_amphid({"reload", config()});
    ASSERT_TRUE(await_lines("hangs", 1));
    ASSERT_TRUE(await_state("reload"));
    EXPECT_EQ(status().code, 0) << "a service that reloads is up";
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_field("status-text", "still listening"));
    EXPECT_FALSE(command.status);
    stopped();
    EXPECT_EQ(finish(command).code, 1);
    expect_nobody_left();
}

TEST_F(ReloadHookTest, ServiceThatDiesDuringItIsSeen) {
    configure(service("notify", {"--notify"}) + hooks("exec-reload", {hanging()}));
    const pid_t pid = started();
    Program& command = spawn_amphid({"reload", config()});
    ASSERT_TRUE(await_lines("hangs", 1));
    send_signal(main_pid(), SIGKILL);
    EXPECT_EQ(finish(command).code, 1);
    ASSERT_TRUE(await_gone(pid));
    EXPECT_EQ(state("result"), "signal");
    expect_nobody_left();
}

TEST_F(ReloadHookTest, ManagerIsToldOfBothEndsOfAFailure) {
    configure(logging() + hooks("exec-reload", {played({"--exit", "1"})}));
    Program& unit = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_EQ(reload().code, 1);
    EXPECT_EQ(count_messages("RELOADING=1"), 1U);
    ASSERT_TRUE(await("the second READY=1", [&] { return count_messages("READY=1") == 2; }));
    send_signal(unit.pid, SIGTERM);
    EXPECT_EQ(finish(unit).code, 0);
}

class NotifyReloadTest : public ReloadHookTest {};

TEST_F(NotifyReloadTest, AwaitsTheServicesOwnWords) {
    configure(service("notify-reload",
                      {"--on", "HUP", "{", "--reloading", "--append", path("reloading"), "--await",
                       path("go"), "--notify", "}", "--exit-on", "TERM:0", "--notify"}));
    started();
    Program& command = spawn_amphid({"reload", config()});
    ASSERT_TRUE(await_lines("reloading", 1));
    ASSERT_TRUE(await_state("reload-notify"));
    EXPECT_EQ(status().code, 0);
    EXPECT_FALSE(command.status) << "the service has not reloaded yet";
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(state("reload.serial"), "1");
    stopped();
}

TEST_F(NotifyReloadTest, ServiceThatSaysNothingDidNotReload) {
    configure(service("notify-reload",
                      {"--log-signals", path("log"), "--exit-on", "TERM:0", "--notify"}) +
              "timeout-start-sec = \"200ms\"\n");
    started();
    EXPECT_EQ(reload().code, 1);
    EXPECT_EQ(read("log"), "HUP\n");
    EXPECT_EQ(state("state"), "running");
    stopped();
}

TEST_F(NotifyReloadTest, OldWordsAreNotThisReloads) {
    configure(service("notify-reload",
                      {"--on", "HUP", "{", "--send", "RELOADING=1\\nMONOTONIC_USEC=1", "--notify",
                       "--append", path("said"), "}", "--exit-on", "TERM:0", "--notify"}) +
              "timeout-start-sec = \"300ms\"\n");
    started();
    EXPECT_EQ(reload().code, 1);
    EXPECT_EQ(lines("said").size(), 1U);
    EXPECT_EQ(state("state"), "running");
    stopped();
}

TEST_F(NotifyReloadTest, ServiceThatReloadsByItself) {
    configure(service("notify-reload", {"--on", "USR1", "{", "--reloading", "--await", path("go"),
                                        "--notify", "}", "--exit-on", "TERM:0", "--notify"}));
    started();
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_state("reload-notify"));
    write("go", "");
    ASSERT_TRUE(await_state("running"));
    stopped();
}

TEST_F(NotifyReloadTest, StopInTheMidstOfIt) {
    configure(service("notify-reload",
                      {"--on", "HUP", "{", "--reloading", "}", "--exit-on", "TERM:0", "--notify"}));
    started();
    Program& command = spawn_amphid({"reload", config()});
    ASSERT_TRUE(await_state("reload-notify"));
    stopped();
    EXPECT_EQ(finish(command).code, 1);
}

} // namespace amphid::test
