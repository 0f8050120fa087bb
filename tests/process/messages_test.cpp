// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The messages of sd_notify(3) one by one, and in the combinations that mean something of their
// own. That one had no effect is proven by order: a later one of the same sender had its.

#include "fixture.h"
#include "helper/file.h"
#include "helper/serve.h"
#include "proc.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <unistd.h>

namespace amphid::test {

class MessagesTest : public ProcessTest {
protected:
    /// A ready service that says these things at each USR1, and then STATUS=said and the next
    /// number of `saying`.
    std::string talker(const Words& steps, const Words& first = {}) const {
        Words all = first;
        all.insert(all.end(), {"--on", "USR1", "{"});
        all.insert(all.end(), steps.begin(), steps.end());
        // The barrier: what came before has been acted on.
        all.insert(all.end(), {"--barrier", "--status", "said", "}", "--notify"});
        return service("notify", all);
    }

    void say() {
        send_signal(main_pid(), SIGUSR1);
        ASSERT_TRUE(await_field("status-text", "said"));
    }

    Program& start_by_systemd(const Fields& environment = {}) {
        return spawn_amphid({"start", config()}, {.environment = environment, .by_systemd = true});
    }

    void end(Program& command) {
        send_signal(command.pid, SIGTERM);
        finish(command);
    }

    /// A kernel that numbers processes for ever (Linux 6.9).
    static bool has_pidfd_numbers() { return pidfd_number(::getpid()) != pidfd_number(1); }

    /// The milliseconds of "restarting in 10.2ms".
    static std::vector<double> delays_in(const std::string& log) {
        constexpr std::string_view words = "restarting in ";
        std::vector<double> out;
        for (auto at = log.find(words); at != std::string::npos; at = log.find(words, at + 1))
            out.push_back(std::strtod(log.c_str() + at + words.size(), nullptr));
        return out;
    }
};

// ERRNO, BUSERROR, EXIT_STATUS: the main process's words for the manager, nobody else's.

TEST_F(MessagesTest, WhatTheMainProcessSaysOfItsEndGoesUp) {
    configure(service("notify", {"--send", "EXIT_STATUS=7\\nERRNO=5", "--send",
                                 "BUSERROR=org.example.Bad", "--notify"}));
    Program& command = start_by_systemd();
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_EQ(count_messages("EXIT_STATUS=7"), 1U);
    EXPECT_EQ(count_messages("ERRNO=5"), 1U);
    EXPECT_EQ(count_messages("BUSERROR=org.example.Bad"), 1U);
    end(command);
}

TEST_F(MessagesTest, WhatAHelperSaysOfItsEndDoesNot) {
    configure(service("notify", {"--child", "{", "--send",
                                 "EXIT_STATUS=7\\nERRNO=5\\nBUSERROR=org.example.Bad\\n"
                                 "STATUS=of a child",
                                 "}", "--notify-after", path("go")}) +
              "notify-access = \"all\"\n");
    Program& command = start_by_systemd();
    ASSERT_TRUE(await_field("status-text", "of a child"));
    write("go", "");
    ASSERT_TRUE(await_message("READY=1"));
    for (const char* key : {"EXIT_STATUS=", "ERRNO=", "BUSERROR="})
        EXPECT_EQ(count_messages(key), 0U) << key;
    end(command);
}

// The main process.

TEST_F(MessagesTest, MainPidWithItsNumberIsTaken) {
    configure(service("notify", {"--main-child-id", "0", "{", "--ready-file", path("child"), "}",
                                 "--await", path("child"), "--notify"}) +
              "notify-access = \"all\"\n");
    started();
    EXPECT_EQ(std::to_string(main_pid()) + "\n", read("child"));
    stopped();
}

// The PID may be another process by the time that its message is read.
TEST_F(MessagesTest, MainPidWithAnothersNumberIsRefused) {
    if (!has_pidfd_numbers())
        GTEST_SKIP() << "this kernel does not number processes";
    configure(
        service("notify", {"--record", path("record"), "--main-child-id", "1", "{", "--ready-file",
                           path("child"), "}", "--await", path("child"), "--notify"}) +
        "notify-access = \"all\"\n");
    started();
    EXPECT_EQ(std::to_string(main_pid()), record("record")["pid"]);
    stopped();
}

// The watchdog.

TEST_F(MessagesTest, WatchdogUsecChangesTheInterval) {
    configure(talker({"--send", "WATCHDOG_USEC=100000"}) + "watchdog-sec = 600\n");
    started();
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(state("result"), "watchdog");
    ASSERT_TRUE(await_gone(launcher()));
    expect_nobody_left();
}

TEST_F(MessagesTest, WatchdogUsecLengthensTheIntervalToo) {
    // Ready in the very message that asks for more: the short one never counts.
    configure(service("notify", {"--ready-file", path("runs"), "--await", path("go"), "--send",
                                 "WATCHDOG_USEC=600000000\\nREADY=1", "--on", "USR1", "{",
                                 "--status", "alive", "}"}) +
              "watchdog-sec = \"200ms\"\n");
    write("go", "");
    started();
    const auto passed = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
    ASSERT_TRUE(await("the first interval to pass",
                      [&] { return std::chrono::steady_clock::now() > passed; }));
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_field("status-text", "alive"));
    EXPECT_EQ(state("state"), "running");
    stopped();
}

TEST_F(MessagesTest, WatchdogUsecGoesUpWhereTheManagerWatches) {
    for (const bool watches : {true, false}) {
        configure(talker({"--send", "WATCHDOG_USEC=40000000"}));
        const std::size_t before = count_messages("WATCHDOG_USEC=40000000");
        Program& command = start_by_systemd({{"WATCHDOG_USEC", watches ? "30000000" : ""}});
        ASSERT_TRUE(await_state("running"));
        say();
        EXPECT_EQ(count_messages("WATCHDOG_USEC=40000000") - before, watches ? 1U : 0U);
        end(command);
    }
}

TEST_F(MessagesTest, WatchdogUsecOfNothingChangesNothing) {
    configure(talker({"--send", "WATCHDOG_USEC=-1", "--send", "WATCHDOG_USEC=1s", "--send",
                      "WATCHDOG=0", "--send", "WATCHDOG="}) +
              "watchdog-sec = 600\n");
    Program& command = start_by_systemd({{"WATCHDOG_USEC", "30000000"}});
    ASSERT_TRUE(await_message("READY=1"));
    say();
    EXPECT_EQ(count_messages("WATCHDOG_USEC="), 0U);
    EXPECT_EQ(count_messages("WATCHDOG="), 0U);
    EXPECT_EQ(state("state"), "running");
    end(command);
}

// More time.

TEST_F(MessagesTest, ExtendByNothingOrForEverIsIgnored) {
    Words steps;
    for (const char* value :
         {"0", "18446744073709551615", "9223372036854775807", "infinity", "1e9", "+600000000",
          " 600000000", "600000000s", "0x3b9aca00", "99999999999999999999", ""})
        steps.insert(steps.end(), {"--extend", value});
    steps.insert(steps.end(), {"--status", "asked"});
    configure(service("notify", steps) + "timeout-start-sec = \"1500ms\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "(result 'timeout')");
    EXPECT_EQ(state("status-text"), "asked");
}

TEST_F(MessagesTest, ExtendWhileItRunsGoesUp) {
    configure(
        talker({"--extend", "5000000000", "--extend", "0", "--extend", "18446744073709551615"}));
    Program& command = start_by_systemd();
    ASSERT_TRUE(await_message("READY=1"));
    const std::size_t before = count_messages("EXTEND_TIMEOUT_USEC=");
    say();
    EXPECT_EQ(count_messages("EXTEND_TIMEOUT_USEC=5000000000"), 1U);
    EXPECT_EQ(count_messages("EXTEND_TIMEOUT_USEC="), before + 1) << "nothing else";
    end(command);
}

// The counter of restarts.

TEST_F(MessagesTest, RestartResetBeginsTheDelaysAgain) {
    configure(service("notify",
                      {"--append", path("starts"), "--if-exists", path("reset"), "{", "--notify",
                       "--send", "RESTART_RESET=1", "--status", "reset", "}", "--notify", "--await",
                       path("go"), "--remove", path("go"), "--exit", "1"}) +
              "restart = \"on-failure\"\nrestart-sec = 0.01\nrestart-steps = 2\n"
              "restart-max-delay-sec = 0.3\n");
    Program& command = spawn_amphid({"run", config()});
    for (std::size_t start = 1; start <= 2; ++start) {
        ASSERT_TRUE(await_lines("starts", start) && await_state("running"));
        write("go", "");
    }
    write("reset", "");
    ASSERT_TRUE(await_field("status-text", "reset"));
    write("go", "");
    ASSERT_TRUE(await_field("restarts", "3"));
    ASSERT_TRUE(await_state("running"));
    send_signal(command.pid, SIGTERM);
    const std::vector<double> delays = delays_in(finish(command).err);
    ASSERT_EQ(delays.size(), 3U) << command.error;
    EXPECT_LT(delays[0], 12) << "10 ms and its jitter";
    EXPECT_GT(delays[1], 50);
    EXPECT_LT(delays[2], 12) << "the first delay again";
}

TEST_F(MessagesTest, RestartResetGoesUp) {
    configure(talker({"--send", "RESTART_RESET=1", "--send", "RESTART_RESET=0"}));
    Program& command = start_by_systemd();
    ASSERT_TRUE(await_message("READY=1"));
    say();
    EXPECT_EQ(count_messages("RESTART_RESET="), 1U);
    end(command);
}

// Access.

TEST_F(MessagesTest, NotifyAccessNoneSilencesEvenTheMainProcess) {
    configure(service("notify", {"--notify", "--send", "NOTIFYACCESS=none", "--status", "unheard",
                                 "--barrier", "--ready-file", path("said")}));
    started();
    ASSERT_TRUE(await_file("said"));
    EXPECT_EQ(state("status-text"), "");
    stopped();
}

TEST_F(MessagesTest, NotifyAccessIsTheFilesAgainAtTheNextStart) {
    configure(service("notify", {"--append", path("starts"), "--send", "NOTIFYACCESS=none",
                                 "--notify", "--await", path("go")}) +
              "notify-access = \"main\"\ntimeout-start-sec = \"300ms\"\n");
    EXPECT_EQ(start().code, 1) << "it has silenced itself";
    configure(service("notify", {"--append", path("starts"), "--notify", "--send",
                                 "NOTIFYACCESS=none", "--await", path("go"), "--exit", "1"}) +
              "notify-access = \"main\"\nrestart = \"on-failure\"\nrestart-sec = 0\n"
              "start-limit-burst = 0\n");
    started();
    write("go", "");
    ASSERT_TRUE(await("a second start that is heard",
                      [&] { return state("restarts") != "0" && state("ready-usec") != "0"; }));
    EXPECT_EQ(stop().code, 0);
}

TEST_F(MessagesTest, NotifyAccessMainAndExecAndAllAreWhoTheySay) {
    for (const auto& [access, heard] :
         {std::pair("main", false), {"exec", false}, {"all", true}, {"nonsense", false}}) {
        ::unlink(path("said").c_str());
        configure(service("notify", {"--send", "NOTIFYACCESS=" + std::string(access), "--child",
                                     "{", "--status", "of a child", "--barrier", "--ready-file",
                                     path("said"), "}", "--await", path("said"), "--notify"}));
        started();
        EXPECT_EQ(state("status-text"), heard ? "of a child" : "") << access;
        stopped();
    }
}

TEST_F(MessagesTest, AStrangerCannotOpenTheAccess) {
    configure(service("notify", {"--ready-file", path("runs"), "--child", "{", "--await",
                                 path("go"), "--status", "of a child", "--barrier", "--ready-file",
                                 path("said"), "}", "--await", path("said"), "--notify"}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_file("runs"));
    EXPECT_EQ(send_notify(runtime("notify"), "NOTIFYACCESS=all"), 0);
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    EXPECT_EQ(state("status-text"), "");
    stopped();
}

// Barriers.

TEST_F(MessagesTest, ABarrierThatIsNoneDoesNothing) {
    // Each returns only when its descriptors are closed; none takes its other lines along.
    configure(talker({"--send", "BARRIER=1", "--send-fds", "BARRIER=1", "2", "--send-fd",
                      "BARRIER=1\\nSTOPPING=1", "--send-fd", "STATUS=unheard\\nBARRIER=1", "--send",
                      "BARRIER=1\\nMAINPID=1"}));
    const pid_t pid = started();
    const std::size_t before = descriptors_at_rest(pid);
    const pid_t main = main_pid();
    send_signal(main, SIGUSR1);
    ASSERT_TRUE(await("the words after the barriers", [&] {
        EXPECT_NE(state("status-text"), "unheard");
        return state("status-text") == "said";
    }));
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(main_pid(), main);
    EXPECT_EQ(descriptors_at_rest(pid), before);
    stopped();
}

// The service's own end.

TEST_F(MessagesTest, StoppingIsFinal) {
    configure(service("notify", {"--on", "USR1", "{", "--stopping", "--notify", "--reloading",
                                 "--barrier", "--status", "still stopping", "--await", path("go"),
                                 "--exit", "0", "}", "--notify"}));
    Program& command = start_by_systemd();
    ASSERT_TRUE(await_message("READY=1"));
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_field("status-text", "still stopping"));
    EXPECT_EQ(state("state"), "stop-sigterm");
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    EXPECT_EQ(count_messages("STOPPING=1"), 1U);
    EXPECT_EQ(count_messages("READY=1"), 1U);
    EXPECT_EQ(count_messages("RELOADING=1"), 0U);
    EXPECT_EQ(state("state"), "dead");
}

TEST_F(MessagesTest, StoppingWinsOverReadyInOneMessage) {
    for (const char* text : {"READY=1\\nSTOPPING=1", "STOPPING=1\\nREADY=1",
                             "RELOADING=1\\nMONOTONIC_USEC=1\\nSTOPPING=1\\nREADY=1"}) {
        ::unlink(path("go").c_str());
        configure(service("notify", {"--send", text, "--status", "marker", "--await", path("go"),
                                     "--exit", "0"}));
        Program& command = spawn_amphid({"start", config()});
        ASSERT_TRUE(await_field("status-text", "marker"));
        EXPECT_EQ(state("ready-usec"), "0") << text;
        EXPECT_NE(state("state"), "running") << text;
        write("go", "");
        EXPECT_EQ(finish(command).code, 1) << text;
        expect_nobody_left();
    }
}

TEST_F(MessagesTest, StoppingWinsOverReadyWhileItRuns) {
    configure(service("notify", {"--on", "USR1", "{", "--send",
                                 "RELOADING=1\\nMONOTONIC_USEC=1\\nREADY=1\\nSTOPPING=1", "--await",
                                 path("go"), "--exit", "0", "}", "--notify"}));
    started();
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_state("stop-sigterm"));
    write("go", "");
    ASSERT_TRUE(await_state("dead"));
    EXPECT_EQ(state("reload.serial"), "0");
}

// Reloads.

TEST_F(MessagesTest, ReloadingAndReadyInOneMessageGoUpAsTwo) {
    configure(talker({"--send", "READY=1\\nRELOADING=1\\nMONOTONIC_USEC=4711"}));
    Program& command = start_by_systemd();
    ASSERT_TRUE(await_message("READY=1"));
    say();
    ASSERT_TRUE(await("the second READY=1", [&] { return count_messages("READY=1") == 2; }));
    EXPECT_EQ(count_messages("MONOTONIC_USEC=4711"), 1U);
    std::size_t reloading = 0;
    std::size_t ready = 0;
    for (std::size_t i = 0; i < messages().size(); ++i) {
        const std::string& text = messages()[i].text;
        reloading = text.starts_with("RELOADING=1") ? i : reloading;
        ready = text.starts_with("READY=1") ? i : ready;
    }
    EXPECT_LT(reloading, ready);
    EXPECT_TRUE(await_state("running"));
    end(command);
}

} // namespace amphid::test
