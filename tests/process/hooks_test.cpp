// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The commands around exec-start: their order, what they are told, what their failures do, and that
// none of them can hold the launcher up.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>

namespace amphid::test {

class HookTest : public ProcessTest {
protected:
    /// A hook that writes its word into the file `order`.
    std::string says(const std::string& word, int code = 0) const {
        return played({"--append-text", path("order"), word, "--exit", std::to_string(code)});
    }

    /// A service of type notify that is at once ready, and writes itself into `order`.
    std::string plain(const std::string& more = "") const {
        return service("notify", {"--append-text", path("order"), "main", "--exit-on", "TERM:0",
                                  "--exit-on", "USR1:0", "--notify"}) +
               more;
    }

    /// A hook that records itself in a file of that name.
    std::string recording(const std::string& file) const {
        return played({"--record", path(file), "--exit", "0"});
    }

    /// A hook that never ends and has a child in a session of its own; its PIDs are in `hangs`.
    std::string hanging() const {
        return played({"--ignore", "TERM", "--child-session", "{", "--ignore", "TERM", "--append",
                       path("hangs"), "}", "--append", path("hangs")});
    }

    void expect_hook_gone() {
        for (const std::string& pid : lines("hangs"))
            EXPECT_FALSE(is_alive(std::atoi(pid.c_str()))) << "the hook or its child is left";
    }

    /// The variables of a record: name and value.
    Fields variables(const std::string& file) const {
        Fields found;
        for (const auto& [key, value] : record(file))
            if (key.starts_with("env."))
                found[key.substr(4)] = value;
        return found;
    }

    /// What the second has beyond the first, without INVOCATION_ID.
    static Fields added(const Fields& base, const Fields& more) {
        Fields found;
        for (const auto& [key, value] : more)
            if (const auto same = base.find(key); same == base.end() || same->second != value)
                found[key] = value;
        return found;
    }
};

TEST_F(HookTest, RunInSystemdsOrder) {
    configure(plain(hooks("exec-condition", {says("condition")}) +
                    hooks("exec-start-pre", {says("pre 1"), says("pre 2")}) +
                    hooks("exec-start-post", {says("post 1"), says("post 2")}) +
                    hooks("exec-stop", {says("stop 1"), says("stop 2")}) +
                    hooks("exec-stop-post", {says("stop-post 1"), says("stop-post 2")})));
    started();
    EXPECT_EQ(read("order"), "condition\npre 1\npre 2\nmain\npost 1\npost 2\n");
    stopped();
    EXPECT_EQ(read("order"), "condition\npre 1\npre 2\nmain\npost 1\npost 2\n"
                             "stop 1\nstop 2\nstop-post 1\nstop-post 2\n");
}

TEST_F(HookTest, PostHooksAwaitReadiness) {
    configure(service("notify", {"--append", path("begun"), "--notify-after", path("go")}) +
              hooks("exec-start-post", {says("post")}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("begun", 1));
    ASSERT_TRUE(await_field("waiting-for", "its READY (sd_notify)"));
    EXPECT_EQ(read("order"), "");
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(read("order"), "post\n");
    stopped();
}

TEST_F(HookTest, StartAwaitsThePostHooks) {
    configure(plain(hooks("exec-start-post", {played({"--append", path("begun"), "--await",
                                                      path("go"), "--exit", "0"})})));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("begun", 1));
    ASSERT_TRUE(await_state("start-post"));
    EXPECT_EQ(status().code, 3);
    EXPECT_FALSE(exists(runtime("pid"))) << "a pid file says that the service is ready";
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    stopped();
}

// systemd.exec(5), "Environment Variables Set or Propagated by the Service Manager".
TEST_F(HookTest, AreToldOfTheService) {
    configure(
        service("exec", {"--record", path("main"), "--exit-on", "TERM:0", "--append", path("up")}) +
        hooks("exec-condition", {recording("condition")}) +
        hooks("exec-start-pre", {recording("pre")}) +
        hooks("exec-start-post",
              {played({"--await", path("up"), "--record", path("post"), "--exit", "0"})}) +
        hooks("exec-reload", {recording("reload")}) + hooks("exec-stop", {recording("stop")}) +
        hooks("exec-stop-post", {recording("stop-post")}));
    started();
    const std::string pid = std::to_string(main_pid());
    EXPECT_EQ(amphid({"reload", config()}).code, 0);
    stopped();
    const Fields base = variables("main");
    EXPECT_EQ(base.at("INVOCATION_ID").size(), 32U);
    for (const char* name :
         {"MAINPID", "PIDFILE", "SERVICE_RESULT", "EXIT_CODE", "EXIT_STATUS", "NOTIFY_SOCKET"})
        EXPECT_EQ(base.count(name), 0U) << name;
    for (const char* hook : {"condition", "pre"})
        EXPECT_EQ(variables(hook), base) << hook;
    for (const char* hook : {"post", "reload"})
        EXPECT_EQ(added(base, variables(hook)), (Fields{{"MAINPID", pid}})) << hook;
    EXPECT_EQ(added(base, variables("stop")),
              (Fields{{"MAINPID", pid}, {"SERVICE_RESULT", "success"}}));
    EXPECT_EQ(
        added(base, variables("stop-post")),
        (Fields{{"SERVICE_RESULT", "success"}, {"EXIT_CODE", "exited"}, {"EXIT_STATUS", "0"}}));
    // Each is the leader of a group of its own, in the launcher's session.
    for (const char* hook : {"condition", "pre", "post", "reload", "stop", "stop-post"})
        EXPECT_EQ(record(hook)["pgid"], record(hook)["pid"]) << hook;
}

TEST_F(HookTest, OuterVariablesDoNotLeak) {
    configure(service("exec", {"--record", path("main"), "--append", path("up")}) +
              hooks("exec-start-pre", {recording("pre")}));
    const Fields outer{{"MAINPID", "1"},   {"PIDFILE", "/x"},    {"SERVICE_RESULT", "protocol"},
                       {"EXIT_CODE", "x"}, {"EXIT_STATUS", "y"}, {"OUTER", "z"}};
    EXPECT_EQ(amphid({"start", config()}, {.environment = outer}).code, 0);
    ASSERT_TRUE(await_lines("up", 1));
    stopped();
    for (const auto& [name, value] : outer)
        for (const char* file : {"main", "pre"})
            EXPECT_EQ(variables(file).count(name), 0U) << name << " in " << file;
}

TEST_F(HookTest, HearOfThePidFile) {
    configure(
        service("forking", {"--child-orphan", "{", "--ready-file", path("d.pid"), "}", "--await",
                            path("d.pid"), "--record", path("start"), "--exit", "0"}) +
        "pid-file = " + quoted(path("d.pid")) + "\n" +
        hooks("exec-start-post", {recording("post")}) + hooks("exec-stop", {recording("stop")}));
    started();
    const std::string pid = std::to_string(main_pid());
    stopped();
    EXPECT_EQ(variables("start")["PIDFILE"], path("d.pid"));
    EXPECT_EQ(variables("start").count("MAINPID"), 0U);
    for (const char* hook : {"post", "stop"}) {
        EXPECT_EQ(variables(hook)["PIDFILE"], path("d.pid"));
        EXPECT_EQ(variables(hook)["MAINPID"], pid) << hook;
    }
}

TEST_F(HookTest, NotifySocketIsForThoseWhoMayNotify) {
    for (const std::string access : {"main", "exec", "all"}) {
        configure(plain("notify-access = " + quoted(access) + "\n" +
                        hooks("exec-start-post", {recording("post-" + access)})));
        started();
        stopped();
        EXPECT_EQ(variables("post-" + access).count("NOTIFY_SOCKET"), access != "main") << access;
    }
}

TEST_F(HookTest, EachActivationHasItsOwnInvocation) {
    configure(service("notify", {"--notify"}) + "restart = \"always\"\nrestart-sec = 0\n" +
              hooks("exec-start-pre", {shell("echo $INVOCATION_ID >>" + path("pre"))}) +
              hooks("exec-stop-post", {shell("echo $INVOCATION_ID >>" + path("post"))}));
    started();
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("pre", 2));
    ASSERT_TRUE(await_state("running"));
    stopped();
    ASSERT_EQ(lines("pre").size(), 2U);
    EXPECT_EQ(lines("pre"), lines("post"));
    EXPECT_NE(lines("pre")[0], lines("pre")[1]);
}

struct EndCase {
    const char* end; // exit code or signal
    const char* result;
    const char* code;
    const char* status;
};

class HookEndTest : public HookTest, public ::testing::WithParamInterface<EndCase> {};

TEST_P(HookEndTest, StopPostIsToldHowItEnded) {
    const bool number = std::atoi(GetParam().end) > 0;
    configure(service("notify", {"--notify", "--await", path("go"), number ? "--exit" : "--die",
                                 GetParam().end}) +
              hooks("exec-stop", {says("stop")}) +
              hooks("exec-stop-post", {recording("stop-post")}));
    const pid_t pid = started();
    write("go", "");
    ASSERT_TRUE(await_gone(pid));
    Fields told = variables("stop-post");
    EXPECT_EQ(told["SERVICE_RESULT"], GetParam().result);
    EXPECT_EQ(told["EXIT_CODE"], GetParam().code);
    EXPECT_EQ(told["EXIT_STATUS"], GetParam().status);
    EXPECT_EQ(told.count("MAINPID"), 0U);
    EXPECT_EQ(read("order"), std::string(GetParam().result) == "success" ? "stop\n" : "")
        << "exec-stop is for a service that is up, or ended well";
}

INSTANTIATE_TEST_SUITE_P(Table, HookEndTest,
                         ::testing::Values(EndCase{"3", "exit-code", "exited", "3"},
                                           EndCase{"KILL", "signal", "killed", "KILL"},
                                           EndCase{"USR1", "signal", "killed", "USR1"},
                                           EndCase{"TERM", "success", "killed", "TERM"}));

TEST_F(HookTest, StopPostIsToldOfATimeout) {
    configure(service("notify", {"--ignore", "TERM", "--notify"}) +
              "timeout-stop-sec = \"200ms\"\n" + hooks("exec-stop-post", {recording("stop-post")}));
    started();
    EXPECT_EQ(stop().code, 0);
    Fields told = variables("stop-post");
    EXPECT_EQ(told["SERVICE_RESULT"], "timeout");
    EXPECT_EQ(told["EXIT_CODE"], "killed");
    EXPECT_EQ(told["EXIT_STATUS"], "KILL");
}

TEST_F(HookTest, PrefixesAreSystemds) {
    configure(plain(
        hooks("exec-start-pre", {played({"--exit", "3"}, "-"),
                                 "[" + quoted("@/bin/sh") + ", \"other\", \"-c\", " +
                                     quoted("echo $0 >>" + path("argv0")) + "]",
                                 played({"--exit", "0"}, "+"), played({"--exit", "0"}, "!")})));
    started();
    EXPECT_EQ(read("order"), "main\n");
    stopped();
}

TEST_F(HookTest, ArgvZeroIsTheSecondWord) {
    configure(plain(hooks("exec-start-pre", {"[" + quoted("@" + helper_binary()) +
                                             ", \"alias\", \"serve\", \"--await\", " +
                                             quoted(path("go")) + ", \"--exit\", \"0\"]"})));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_state("start-pre"));
    const pid_t hook = std::atoi(state("control.pid").c_str());
    EXPECT_TRUE(await("the hook under its other name", [&] {
        return command_line_of(hook).starts_with("alias serve ");
    })) << command_line_of(hook);
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    stopped();
}

TEST_F(HookTest, PreHookThatFailsIsTheFailure) {
    configure(plain(hooks("exec-start-pre",
                          {played({"--stderr", "no database", "--exit", "7"}), says("pre 2")}) +
                    hooks("exec-start-post", {says("post")}) + hooks("exec-stop", {says("stop")}) +
                    hooks("exec-stop-post", {says("stop-post"), recording("stop-post")})));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "failed to start: exec-start-pre exited with code 7 "
                              "(result 'exit-code')");
    expect_words(outcome.err, "\n    no database\n");
    EXPECT_EQ(read("order"), "stop-post\n");
    EXPECT_EQ(variables("stop-post")["SERVICE_RESULT"], "exit-code");
    EXPECT_EQ(variables("stop-post").count("EXIT_CODE"), 0U) << "no main process ever ran";
    EXPECT_EQ(state("state"), "failed");
    EXPECT_FALSE(exists(runtime("pid")));
    expect_nobody_left();
}

TEST_F(HookTest, PostHookThatFailsEndsTheService) {
    configure(plain(hooks("exec-start-post", {played({"--die", "KILL"}), says("post 2")}) +
                    hooks("exec-stop", {says("stop")}) +
                    hooks("exec-stop-post", {says("stop-post")})));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "exec-start-post killed by signal SIGKILL (result 'signal')");
    EXPECT_EQ(read("order"), "main\nstop-post\n");
    expect_nobody_left();
}

TEST_F(HookTest, ServiceThatDiesDuringAPostHookIsTheFailure) {
    configure(service("notify", {"--notify", "--await", path("go"), "--stderr", "out of memory",
                                 "--exit", "9"}) +
              hooks("exec-start-post", {hanging()}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("hangs", 2));
    write("go", "");
    EXPECT_EQ(finish(command).code, 1);
    expect_words(command.error, "exited with code 9");
    expect_words(command.error, "\n    out of memory\n");
    expect_hook_gone();
}

TEST_F(HookTest, StopHookThatFailsStopsAllTheSame) {
    configure(plain(hooks("exec-stop", {says("stop 1", 2), says("stop 2")}) +
                    hooks("exec-stop-post", {says("stop-post")})));
    started();
    stopped();
    EXPECT_EQ(read("order"), "main\nstop 1\nstop-post\n");
    EXPECT_EQ(state("state"), "failed");
    EXPECT_EQ(state("result"), "exit-code");
    expect_words(state("failure"), "exec-stop exited with code 2");
}

TEST_F(HookTest, MissingHookIsNamedBeforeAnythingRuns) {
    configure(plain(hooks("exec-stop-post", {"[\"/no/such/hook\"]"})));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 5);
    expect_words(outcome.err, "/no/such/hook");
    EXPECT_EQ(read("order"), "");
}

class StartHookTimeoutTest : public HookTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(StartHookTimeoutTest, IsNamedAndItsTreeIsGone) {
    configure(plain(hooks(GetParam(), {hanging()}) +
                    "timeout-start-sec = \"300ms\"\ntimeout-stop-sec = \"100ms\"\n"));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err,
                 std::string(GetParam()) + " did not finish within 300ms (result 'timeout')");
    expect_hook_gone();
    expect_nobody_left();
}

INSTANTIATE_TEST_SUITE_P(Each, StartHookTimeoutTest,
                         ::testing::Values("exec-condition", "exec-start-pre", "exec-start-post"));

class StopHookTimeoutTest : public HookTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(StopHookTimeoutTest, IsNamedAndItsTreeIsGone) {
    configure(plain(hooks(GetParam(), {hanging()}) + "timeout-stop-sec = \"200ms\"\n"));
    started();
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(state("result"), "timeout");
    expect_words(state("failure"), std::string(GetParam()) + " did not finish within 200ms");
    expect_hook_gone();
    expect_nobody_left();
}

INSTANTIATE_TEST_SUITE_P(Each, StopHookTimeoutTest,
                         ::testing::Values("exec-stop", "exec-stop-post"));

// systemd.service(5), ExecStartPre=: processes that it leaves are killed before the next step.
TEST_F(HookTest, WhatAPreHookLeavesIsKilledBeforeTheService) {
    configure(
        plain(hooks("exec-start-pre",
                    {played({"--child-orphan", "{", "--ignore", "TERM", "--append", path("hangs"),
                             "}", "--setsid-child", "--await", path("hangs"), "--exit", "0"})})));
    const pid_t pid = started();
    ASSERT_TRUE(await("only the main process is left",
                      [&] { return descendants_of(pid) == std::vector<pid_t>{main_pid()}; }));
    expect_hook_gone();
    EXPECT_EQ(state("state"), "running");
    stopped();
}

TEST_F(HookTest, StopHookMayBeTheStop) {
    configure(service("notify", {"--log-signals", path("log"), "--exit-on", "USR1:0", "--notify"}) +
              hooks("exec-stop", {shell("kill -USR1 $MAINPID; while kill -0 $MAINPID; do sleep "
                                        "0.01; done 2>/dev/null")}));
    started();
    stopped();
    EXPECT_EQ(read("log"), "USR1\n") << "kill-signal is for what exec-stop leaves";
    EXPECT_EQ(state("result"), "success");
}

TEST_F(HookTest, StopDuringAPreHook) {
    configure(plain(hooks("exec-start-pre", {hanging(), says("pre 2")}) +
                    hooks("exec-stop-post", {says("stop-post")}) +
                    "timeout-stop-sec = \"100ms\"\n"));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("hangs", 2));
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(finish(command).code, 1);
    EXPECT_EQ(read("order"), "stop-post\n");
    expect_hook_gone();
}

TEST_F(HookTest, StopDuringAPostHook) {
    configure(plain(hooks("exec-start-post", {hanging()}) + "timeout-stop-sec = \"100ms\"\n"));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("hangs", 2));
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(finish(command).code, 1);
    expect_hook_gone();
    expect_nobody_left();
}

} // namespace amphid::test
