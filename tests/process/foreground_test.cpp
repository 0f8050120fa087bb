// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The foreground lifecycle, with the test in the role of the systemd above.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <cstdlib>

namespace amphid::test {

class ForegroundTest : public ProcessTest {
protected:
    Program& spawn_unit(const std::string& toml, Launch launch = {}) {
        configure(toml);
        launch.by_systemd = true;
        return spawn_amphid({"start", config()}, launch);
    }

    /// Starts the unit and awaits READY=1.
    Program& ready_unit(const std::string& toml, Launch launch = {}) {
        const std::size_t before = count_messages("READY=1");
        Program& unit = spawn_unit(toml, std::move(launch));
        EXPECT_TRUE(
            await("READY=1", [&] { return count_messages("READY=1") > before || unit.status; }));
        EXPECT_FALSE(unit.status) << unit.error;
        return unit;
    }

    Outcome end(Program& unit) {
        send_signal(unit.pid, SIGTERM);
        return finish(unit);
    }
};

// P8, P10, P23: the launcher itself says it, it stays, and only when the service is ready.
TEST_F(ForegroundTest, ReadyIsSentWhenReadyAndNotBefore) {
    Program& unit =
        spawn_unit(service("notify", {"--status", "warming up", "--notify-after", path("go")}));
    ASSERT_TRUE(await_field("status-text", "warming up"));
    EXPECT_EQ(count_messages("READY=1"), 0U);
    EXPECT_EQ(state("mode"), "foreground");
    write("go", "");
    ASSERT_TRUE(await_message("READY=1"));
    for (const Datagram& message : messages())
        EXPECT_EQ(message.pid, unit.pid) << message.text;
    EXPECT_EQ(launcher(), unit.pid);
    EXPECT_TRUE(is_alive(unit.pid));
    end(unit);
    EXPECT_EQ(count_messages("READY=1"), 1U);
}

// P2: the pid file is there when the manager is told.
TEST_F(ForegroundTest, FilesAreCompleteWhenReadyIsSent) {
    Program& unit = ready_unit(service("exec", {}) + "[launcher]\nservice-pid-file = " +
                               quoted(path("service.pid")) + "\n");
    EXPECT_EQ(read_file(runtime("pid")), std::to_string(unit.pid) + "\n");
    EXPECT_EQ(read("service.pid"), std::to_string(main_pid()) + "\n");
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(stat_of(main_pid())->ppid, unit.pid);
    end(unit);
    EXPECT_FALSE(exists(runtime("pid")));
    EXPECT_FALSE(exists(path("service.pid")));
}

TEST_F(ForegroundTest, StatusSaysSomethingAndRelaysTheServices) {
    Program& unit =
        spawn_unit(service("notify", {"--status", "warming up", "--notify-after", path("go")}));
    ASSERT_TRUE(await("the service's status at the manager", [&] {
        for (const Datagram& message : messages())
            if (message.text.find("warming up") != std::string::npos)
                return true;
        return false;
    }));
    write("go", "");
    ASSERT_TRUE(await_message("READY=1"));
    end(unit);
}

TEST_F(ForegroundTest, StatusOfASilentService) {
    Program& unit = ready_unit(service("exec", {}));
    std::string last;
    for (const Datagram& message : messages())
        if (const auto at = message.text.find("STATUS="); at != std::string::npos)
            last = message.text.substr(at, message.text.find('\n', at) - at);
    EXPECT_NE(last, "");
    EXPECT_NE(last, "STATUS=");
    end(unit);
}

// P46.
TEST_F(ForegroundTest, TimeIsAskedForAtStartAndStop) {
    Program& unit =
        spawn_unit(service("notify", {"--on", "TERM", "{", "--await", path("end"), "--exit", "0",
                                      "}", "--notify-after", path("go")}) +
                   "timeout-start-sec = 300\ntimeout-stop-sec = 400\n");
    // Ten seconds more than ours: our own timeout has to come before systemd's.
    ASSERT_TRUE(await_message("EXTEND_TIMEOUT_USEC=310000000"));
    EXPECT_EQ(count_messages("READY=1"), 0U);
    write("go", "");
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_EQ(count_messages("EXTEND_TIMEOUT_USEC="), 1U);
    send_signal(unit.pid, SIGTERM);
    ASSERT_TRUE(await_message("EXTEND_TIMEOUT_USEC=410000000"));
    ASSERT_TRUE(await_message("STOPPING=1"));
    write("end", "");
    EXPECT_EQ(finish(unit).code, 0);
}

TEST_F(ForegroundTest, TimeTheServiceAsksForIsPassedOn) {
    Program& unit =
        spawn_unit(service("notify", {"--extend", "123456789000", "--notify-after", path("go")}));
    // Ten seconds more than it asked for, as for every time of ours.
    ASSERT_TRUE(await_message("EXTEND_TIMEOUT_USEC=123466789000"));
    write("go", "");
    ASSERT_TRUE(await_message("READY=1"));
    end(unit);
}

TEST_F(ForegroundTest, StoppingIsSaidOnARequestedStop) {
    Program& unit = ready_unit(service("notify", {"--exit-on", "TERM:0", "--notify"}));
    EXPECT_EQ(count_messages("STOPPING=1"), 0U);
    EXPECT_EQ(end(unit).code, 0);
    EXPECT_EQ(count_messages("STOPPING=1"), 1U);
    EXPECT_FALSE(exists(runtime("pid")));
}

TEST_F(ForegroundTest, StoppingIsSaidWhenTheServiceAnnouncesIt) {
    Program& unit = ready_unit(service("notify", {"--on", "USR1", "{", "--stopping", "--await",
                                                  path("go"), "--exit", "0", "}", "--notify"}));
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_message("STOPPING=1"));
    write("go", "");
    EXPECT_EQ(finish(unit).code, 0);
}

TEST_F(ForegroundTest, StoppingIsNotSaidOnACrash) {
    for (const char* way : {"--exit", "--die"}) {
        Program& unit = ready_unit(
            service("notify", {"--on", "USR1", "{", way, way == std::string("--die") ? "ABRT" : "3",
                               "}", "--notify"}));
        send_signal(main_pid(), SIGUSR1);
        finish(unit);
        EXPECT_EQ(count_messages("STOPPING=1"), 0U);
    }
}

// style.md 4.7: a start that times out is no stop that somebody asked for.
TEST_F(ForegroundTest, StoppingIsNotSaidOnAStartTimeout) {
    Program& unit = spawn_unit(service("notify", {}) + "timeout-start-sec = \"100ms\"\n");
    EXPECT_EQ(finish(unit).code, 1);
    EXPECT_EQ(count_messages("STOPPING=1"), 0U);
    EXPECT_EQ(count_messages("READY=1"), 0U);
    EXPECT_NE(unit.error.find("(result 'timeout')"), std::string::npos) << unit.error;
    EXPECT_EQ(state("result"), "timeout");
}

TEST_F(ForegroundTest, ExitCodeIsPassedOn) {
    for (const int code : {0, 1, 3, 42, 255}) {
        Program& unit = ready_unit(service(
            "notify", {"--on", "USR1", "{", "--exit", std::to_string(code), "}", "--notify"}));
        ASSERT_TRUE(await("this start's main process",
                          [&] { return launcher() == unit.pid && state("state") == "running"; }));
        send_signal(main_pid(), SIGUSR1);
        EXPECT_EQ(finish(unit).code, code);
        EXPECT_FALSE(exists(runtime("pid")));
    }
}

// P56: died of a signal, not 128 + N.
TEST_F(ForegroundTest, SignalIsPassedOn) {
    for (const int number : {SIGSEGV, SIGKILL, SIGABRT, SIGTERM, SIGUSR2}) {
        Program& unit = spawn_unit(service("exec", {}));
        ASSERT_TRUE(await("this start's main process",
                          [&] { return launcher() == unit.pid && state("state") == "running"; }));
        send_signal(main_pid(), number);
        EXPECT_EQ(finish(unit).signal, number);
        EXPECT_EQ(state("result"), number == SIGTERM ? "success" : "signal");
        EXPECT_FALSE(exists(runtime("pid")));
    }
}

TEST_F(ForegroundTest, EarlyDeathIsPassedOnAndTold) {
    Program& unit = spawn_unit(service("notify", {"--stderr", "no luck", "--exit", "17"}));
    EXPECT_EQ(finish(unit).code, 17);
    EXPECT_EQ(count_messages("READY=1"), 0U);
    EXPECT_NE(unit.error.find("failed to start: exited with code 17 (result 'exit-code')"),
              std::string::npos)
        << unit.error;
}

// P55: systemd's numbers.
TEST_F(ForegroundTest, ExecFailureHasSystemdsNumber) {
    write("script", "#!/no/such/interpreter\n", 0755);
    Program& exec = spawn_unit("[service]\nexec-start = [" + quoted(path("script")) + "]\n");
    EXPECT_EQ(finish(exec).code, 203);
    EXPECT_EQ(count_messages("READY=1"), 0U);
    Program& chdir = spawn_unit(service("exec", {}) + "working-directory = \"/no/such\"\n");
    EXPECT_EQ(finish(chdir).code, 200);
}

TEST_F(ForegroundTest, OurOwnFailuresHaveTheCodesOfTheCommands) {
    Program& missing = spawn_unit("[service]\nexec-start = [\"/no/such/program\"]\n");
    EXPECT_EQ(finish(missing).code, 5);
    Program& wrong = spawn_unit("[service]\nexec-strat = [\"true\"]\n");
    EXPECT_EQ(finish(wrong).code, 6);
    EXPECT_EQ(count_messages("READY=1"), 0U);
}

TEST_F(ForegroundTest, AlreadyRunningIsAFailureThatNamesThePid) {
    configure(service("exec", {}));
    const pid_t pid = started();
    const Outcome outcome = amphid({"start", config()}, {.by_systemd = true});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE((outcome.out + outcome.err).find("PID " + std::to_string(pid)), std::string::npos);
    EXPECT_EQ(count_messages("READY=1"), 0U);
    stopped();
}

// The unit's Restart= decides, ours is silent.
TEST_F(ForegroundTest, RestartIsLeftToSystemd) {
    Program& unit = spawn_unit(
        service("exec", {"--append", path("starts"), "--await", path("go"), "--exit", "1"}) +
        "restart = \"always\"\nrestart-sec = 0\n");
    ASSERT_TRUE(await_message("READY=1"));
    write("go", "");
    EXPECT_EQ(finish(unit).code, 1);
    EXPECT_EQ(lines("starts").size(), 1U);
}

TEST_F(ForegroundTest, RestartIsOursWithoutSystemd) {
    configure(service("exec", {"--exit-on", "TERM:0", "--append", path("starts")}) +
              "restart = \"always\"\nrestart-sec = 0\n");
    Program& unit = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_lines("starts", 1));
    ASSERT_TRUE(await_state("running"));
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("starts", 2));
    ASSERT_TRUE(await_field("restarts", "1"));
    end(unit);
}

// P9, P19, P20, M-facts 6: what is the launcher's goes no further, what is the unit's does.
TEST_F(ForegroundTest, EnvironmentUnderSystemd) {
    Program& unit = ready_unit(service("notify", {"--record", path("record"), "--notify"}),
                               {.environment = {{"WATCHDOG_USEC", "60000000"},
                                                {"WATCHDOG_PID", "77"},
                                                {"LISTEN_FDS", "1"},
                                                {"LISTEN_PID", "77"},
                                                {"LISTEN_FDNAMES", "web"},
                                                {"LISTEN_PIDFDID", "5"},
                                                {"MAINPID", "77"},
                                                {"MAINPIDFDID", "77"},
                                                {"STATE_DIRECTORY", "/var/lib/web"},
                                                {"CREDENTIALS_DIRECTORY", "/run/credentials/x"},
                                                {"GREETING", "given on purpose"}}});
    Fields said = record("record");
    EXPECT_NE(said["env.NOTIFY_SOCKET"], path("manager"));
    EXPECT_EQ(said["env.SYSTEMD_EXEC_PID"], said["pid"]);
    EXPECT_EQ(said["env.INVOCATION_ID"], "00112233445566778899aabbccddeeff");
    EXPECT_EQ(state("invocation-id"), said["env.INVOCATION_ID"]);
    for (const char* gone : {"WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID",
                             "LISTEN_FDNAMES", "LISTEN_PIDFDID", "MAINPID", "MAINPIDFDID"})
        EXPECT_FALSE(said.contains("env." + std::string(gone))) << gone;
    EXPECT_EQ(said["env.GREETING"], "given on purpose");
    EXPECT_EQ(said["env.STATE_DIRECTORY"], "/var/lib/web");
    EXPECT_EQ(said["env.CREDENTIALS_DIRECTORY"], "/run/credentials/x");
    end(unit);
}

TEST_F(ForegroundTest, StaysWhereItIs) {
    Program& unit = ready_unit(service("notify", {"--record", path("record"), "--stdout", "hello",
                                                  "--stderr", "world", "--notify"}));
    Fields said = record("record");
    EXPECT_EQ(said["cwd"], parent_of(config()));
    EXPECT_EQ(said["sid"], std::to_string(stat_of(unit.pid)->session));
    EXPECT_EQ(said["sid"], std::to_string(stat_of(::getpid())->session));
    EXPECT_EQ(said["status.SigIgn"], "0000000000001000") << "SIGPIPE, as in systemd";
    EXPECT_EQ(said["status.SigBlk"], "0000000000000000");
    end(unit);
    EXPECT_NE(unit.text.find("hello\n"), std::string::npos);
    EXPECT_NE(unit.error.find("world\n"), std::string::npos);
}

// P25: IgnoreSIGPIPE=yes is systemd's default.
TEST_F(ForegroundTest, IgnoredSignalsAreResetUnderSystemd) {
    Program& unit = ready_unit(service("notify", {"--record", path("record"), "--notify"}),
                               {.command = {helper_binary(), "ignoring", "PIPE,HUP,CHLD"}});
    EXPECT_EQ(record("record")["status.SigIgn"], "0000000000001000");
    end(unit);
}

// P47: KillMode=control-group sends TERM to the launcher and to the service.
TEST_F(ForegroundTest, TermForBothIsOneStop) {
    Program& unit = ready_unit(
        service("notify", {"--append", path("starts"), "--exit-on", "TERM:0", "--notify"}) +
        "restart = \"always\"\nrestart-sec = 0\n");
    const pid_t main = main_pid();
    send_signal(main, SIGTERM);
    send_signal(unit.pid, SIGTERM);
    EXPECT_EQ(finish(unit).code, 0);
    EXPECT_EQ(lines("starts").size(), 1U);
}

TEST_F(ForegroundTest, SecondTermDoesNotDisturbTheStop) {
    Program& unit =
        ready_unit(service("notify", {"--on", "TERM", "{", "--append", path("term"), "--await",
                                      path("go"), "--exit", "0", "}", "--notify"}));
    send_signal(unit.pid, SIGTERM);
    ASSERT_TRUE(await_lines("term", 1));
    send_signal(unit.pid, SIGTERM);
    send_signal(unit.pid, SIGINT);
    write("go", "");
    EXPECT_EQ(finish(unit).code, 0);
    EXPECT_EQ(count_messages("STOPPING=1"), 1U);
}

TEST_F(ForegroundTest, OtherSignalsAreForwardedInBothModes) {
    const std::string toml =
        service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0", "--notify"});
    Program& unit = ready_unit(toml);
    std::size_t expected = 0;
    for (const int number : {SIGUSR1, SIGUSR2, SIGWINCH, SIGQUIT, SIGALRM, SIGRTMIN + 3}) {
        send_signal(unit.pid, number);
        ASSERT_TRUE(await_lines("log", ++expected)) << number;
    }
    EXPECT_EQ(read("log"), "USR1\nUSR2\nWINCH\nQUIT\nALRM\nRTMIN+3\n");
    end(unit);
    const pid_t pid = started();
    send_signal(pid, SIGUSR1);
    ASSERT_TRUE(await_lines("log", expected + 2));
    stopped();
    EXPECT_TRUE(read("log").ends_with("USR1\nTERM\n"));
}

// P16: an abstract socket, of which the length counts.
TEST_F(ForegroundTest, AbstractNotifySocket) {
    configure(service("notify", {"--notify"}));
    Program& manager = spawn_amphid(
        {"start", config()}, {.command = {helper_binary(), "notify-server", path("messages")}});
    ASSERT_TRUE(await("READY=1 in the log",
                      [&] { return read("messages").find("READY=1") != std::string::npos; }));
    send_signal(manager.pid, SIGTERM);
    finish(manager);
    EXPECT_NE(read("messages").find("STOPPING=1"), std::string::npos);
}

TEST_F(ForegroundTest, UnreachableManagerIsNoReasonToFail) {
    Program& unit =
        spawn_unit(service("exec", {"--exit-on", "TERM:0", "--ready-file", path("runs")}),
                   {.environment = {{"NOTIFY_SOCKET", path("nobody")}}});
    ASSERT_TRUE(await_state("running"));
    ASSERT_TRUE(await_file("runs"));
    EXPECT_EQ(end(unit).code, 0) << unit.error;
}

// Type=simple or exec above us: nobody can be told of the readiness that the file speaks of.
TEST_F(ForegroundTest, WithoutNotifySocketTheReadinessCannotBeTold) {
    Program& unit = spawn_unit(service("notify", {"--exit-on", "TERM:0", "--notify"}),
                               {.environment = {{"NOTIFY_SOCKET", ""}}});
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(end(unit).code, 0);
    EXPECT_NE(unit.error.find("Type=notify"), std::string::npos) << unit.error;
    EXPECT_NE(unit.error.find("--daemon"), std::string::npos) << unit.error;
}

} // namespace amphid::test
