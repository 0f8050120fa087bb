// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Message by message: what each of them does, and what a wrong or a hostile one does not.

#include "fixture.h"
#include "helper/file.h"
#include "helper/notify.h"
#include "proc.h"

#include <csignal>
#include <unistd.h>

namespace amphid::test {

class MessagesTest : public ProcessTest {
protected:
    /// What a service that says this and then READY=1 has left in the state.
    Fields state_after(const Words& said, const std::string& keys = "") {
        Words steps;
        for (const std::string& text : said)
            steps.insert(steps.end(), {"--send", text});
        steps.push_back("--notify");
        configure(service("notify", steps) + keys);
        started();
        Fields found = state();
        stopped();
        return found;
    }

    /// How often the manager above us hears this line from a service that says `text` and READY=1.
    std::size_t relayed(const std::string& text, const std::string& line,
                        const std::string& keys = "") {
        configure(service("notify", {"--send", text, "--notify"}) + keys);
        const std::size_t starts = count_messages("READY=1");
        const std::size_t before = count_messages(line);
        Program& unit = spawn_amphid({"start", config()}, {.by_systemd = true});
        EXPECT_TRUE(await("READY=1", [&] { return count_messages("READY=1") > starts; }));
        const std::size_t count = count_messages(line) - before;
        send_signal(unit.pid, SIGTERM);
        finish(unit);
        return count;
    }

    /// The names of what a service that stores this gets at its next start.
    std::string given_after_restart(const Words& stores) {
        Words steps{"--given",     path("given"), "--if-exists",
                    path("again"), "{",           "--notify",
                    "--await",     path("never"), "}"};
        steps.insert(steps.end(), stores.begin(), stores.end());
        steps.insert(steps.end(), {"--ready-file", path("again"), "--notify", "--await", path("go"),
                                   "--exit", "1"});
        configure(service("notify", steps) + "file-descriptor-store-max = 8\n"
                                             "restart = \"on-failure\"\nrestart-sec = 0\n");
        started();
        write("go", "");
        EXPECT_TRUE(await_field("restarts", "1"));
        EXPECT_TRUE(await_state("running"));
        stopped();
        return read("given");
    }

    static std::size_t open_descriptors(pid_t pid) { return descriptors_of(pid).size(); }
};

TEST_F(MessagesTest, ExitStatusAndErrorsOfTheMainProcessGoUp) {
    EXPECT_EQ(relayed("EXIT_STATUS=3", "EXIT_STATUS=3"), 1U);
    EXPECT_EQ(relayed("ERRNO=7\\nBUSERROR=org.example.Bad", "BUSERROR=org.example.Bad"), 1U);
    EXPECT_EQ(relayed("ERRNO=x", "ERRNO="), 0U);
}

TEST_F(MessagesTest, RestartResetGoesUp) {
    EXPECT_EQ(relayed("RESTART_RESET=1", "RESTART_RESET=1"), 1U);
}

TEST_F(MessagesTest, WatchdogUsecGoesUpWhereTheManagerWatches) {
    configure(service("notify", {"--send", "WATCHDOG_USEC=7000000", "--notify"}) +
              "watchdog-sec = 30\n");
    Program& unit = spawn_amphid(
        {"start", config()}, {.environment = {{"WATCHDOG_USEC", "30000000"}}, .by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_EQ(count_messages("WATCHDOG_USEC=7000000"), 1U);
    send_signal(unit.pid, SIGTERM);
    finish(unit);
}

TEST_F(MessagesTest, WatchdogUsecChangesOurWatchdog) {
    configure(service("notify", {"--send", "WATCHDOG_USEC=50000", "--notify"}) +
              "watchdog-sec = 3600\nwatchdog-signal = \"SIGTERM\"\n");
    started();
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(state("result"), "watchdog");
    ASSERT_TRUE(await_gone(launcher()));
}

TEST_F(MessagesTest, MainPidOfTheRightIdentityIsTaken) {
    configure(service("notify", {"--main-child-of-id", "right", "{", "--ready-file", path("child"),
                                 "}", "--await", path("child"), "--notify"}) +
              "notify-access = \"all\"\n");
    started();
    EXPECT_EQ(std::to_string(main_pid()) + "\n", read("child"));
    stopped();
}

TEST_F(MessagesTest, MainPidOfAWrongIdentityIsRefused) {
    configure(service("notify", {"--main-child-of-id", "wrong", "{", "--ready-file", path("child"),
                                 "}", "--await", path("child"), "--notify"}));
    started();
    EXPECT_NE(std::to_string(main_pid()) + "\n", read("child"));
    stopped();
}

TEST_F(MessagesTest, NoTimeIsGivenForNumbersThatAreNone) {
    for (const std::string value : {"0", "-1", "x", "", "18446744073709551615",
                                    "18446744073709551616", "9223372036854775807"}) {
        configure(service("notify", {"--extend", value, "--ready-file", path("said")}) +
                  "timeout-start-sec = 0.3\n");
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 1) << value;
        EXPECT_EQ(state("result"), "timeout") << value;
    }
}

TEST_F(MessagesTest, TheLargestNumberIsTime) {
    configure(service("notify", {"--extend", "9223372036854775806", "--status", "extended",
                                 "--notify-after", path("go")}) +
              "timeout-start-sec = 0.3\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_field("status-text", "extended"));
    const pid_t main = main_pid();
    // What would have been over by now: another start with the same timeout.
    EXPECT_EQ(run({{"sleep", "0.5"}}).code, 0);
    EXPECT_TRUE(is_alive(main));
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    stopped();
}

TEST_F(MessagesTest, NotifyAccessIsNarrowedAndWidened) {
    const Fields after = state_after({"STATUS=heard", "NOTIFYACCESS=bogus", "STATUS=still heard"});
    EXPECT_EQ(after.at("status-text"), "still heard");
    configure(service("notify", {"--notify", "--send", "NOTIFYACCESS=none", "--status", "unheard",
                                 "--ready-file", path("said")}));
    started();
    ASSERT_TRUE(await_file("said"));
    stopped();
    EXPECT_EQ(state("status-text"), "");
}

TEST_F(MessagesTest, StoppingWinsOverReady) {
    configure(service("notify", {"--send", "READY=1\\nSTOPPING=1", "--await", path("go")}) +
              "timeout-start-sec = 0.3\n");
    EXPECT_EQ(start().code, 1) << "it was never ready";
    EXPECT_EQ(state("result"), "timeout");
}

TEST_F(MessagesTest, ReloadingAndReadyInOneAreAReloadThatIsOver) {
    configure(service("notify", {"--on", "USR1", "{", "--send",
                                 "RELOADING=1\\nREADY=1\\nMONOTONIC_USEC=4711\\nSTATUS=anew", "}",
                                 "--notify"}));
    Program& unit = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_message("MONOTONIC_USEC=4711"));
    ASSERT_TRUE(await("READY=1 after it", [&] { return count_messages("READY=1") == 2; }));
    EXPECT_EQ(state("state"), "running");
    send_signal(unit.pid, SIGTERM);
    EXPECT_EQ(finish(unit).signal, SIGTERM);
}

TEST_F(MessagesTest, ABarrierThatIsNotAloneIsNothing) {
    configure(service("notify", {"--send-fd", "BARRIER=1\\nSTATUS=with a barrier", "--send",
                                 "BARRIER=1", "--send-fds", "BARRIER=1", "2", "--notify"}));
    started();
    EXPECT_EQ(state("status-text"), "");
    stopped();
}

TEST_F(MessagesTest, AStoredDescriptorThatHangsUpIsDroppedUnlessToldOtherwise) {
    EXPECT_EQ(given_after_restart({"--store-pipe", "FDNAME=watched", "--store-pipe",
                                   "FDNAME=kept\\nFDPOLL=0", "--store", "file"}),
              "kept=\nfile=file\n");
}

TEST_F(MessagesTest, ANameThatIsNoneIsTheDefaultOne) {
    EXPECT_EQ(given_after_restart({"--store", "a:b"}), "stored=a:b\n");
    ::unlink(path("again").c_str());
    ::unlink(path("go").c_str());
    EXPECT_EQ(given_after_restart({"--store", std::string(256, 'x')}),
              "stored=" + std::string(64, 'x') + "\n");
}

TEST_F(MessagesTest, NoMessageLeavesADescriptorOpen) {
    configure(service("notify", {"--notify"}) + "notify-access = \"all\"\n");
    const pid_t pid = started();
    const std::string socket = environment_of(main_pid())["NOTIFY_SOCKET"];
    const std::size_t before = open_descriptors(pid);
    for (const char* text : {"STATUS=x", "FDSTORE=1", "BARRIER=1", "X"})
        for (const std::size_t count : {1U, 2U, 253U})
            EXPECT_EQ(send_notify(socket, text, STDIN_FILENO, count), 0);
    EXPECT_TRUE(await("all of them to be closed", [&] { return open_descriptors(pid) == before; }));
    stopped();
}

// A stranger who floods the socket holds nobody up: a stop is done, and nothing stays open.
TEST_F(MessagesTest, AFloodHoldsNobodyUp) {
    configure(service("notify", {"--notify"}) + "notify-access = \"all\"\n");
    started();
    const std::string socket = environment_of(main_pid())["NOTIFY_SOCKET"];
    Program& flood = spawn({{"/bin/sh", "-c",
                             "i=0; while test $i -lt 300; do " + helper_binary() + " send " +
                                 socket + " STATUS=flood || exit 0; i=$((i+1)); done"}});
    for (int i = 0; i < 10000; ++i)
        if (send_notify(socket, "STATUS=flood\nREADY=1") != 0)
            break;
    EXPECT_EQ(state("status-text"), "");
    stopped();
    finish(flood);
}

} // namespace amphid::test
