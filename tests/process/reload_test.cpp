// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Reload: a signal in, a serial in the state file out.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <filesystem>

namespace amphid::test {

class ReloadTest : public ProcessTest {
protected:
    Outcome reload() { return amphid({"reload", config()}); }

    std::string logging(const std::string& more = "") const {
        return service("notify",
                       {"--log-signals", path("log"), "--exit-on", "TERM:0", "--notify"}) +
               more;
    }
};

TEST_F(ReloadTest, SendsTheReloadSignalAndCounts) {
    configure(logging("reload-signal = \"HUP\"\n"));
    const pid_t pid = started();
    for (std::size_t round = 1; round <= 3; ++round) {
        const Outcome outcome = reload();
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(state("reload.serial"), std::to_string(round));
        EXPECT_EQ(state("state"), "running");
        ASSERT_TRUE(await_lines("log", round));
    }
    EXPECT_EQ(read("log"), "HUP\nHUP\nHUP\n");
    EXPECT_EQ(launcher(), pid);
    stopped();
}

TEST_F(ReloadTest, SignalOfTheFile) {
    configure(logging("reload-signal = \"SIGUSR2\"\n"));
    started();
    EXPECT_EQ(reload().code, 0);
    ASSERT_TRUE(await_lines("log", 1));
    EXPECT_EQ(read("log"), "USR2\n");
    stopped();
}

// A program that knows nothing of the signal is not ended by a reload.
TEST_F(ReloadTest, ASignalThatWouldEndTheServiceIsNotSent) {
    configure(service("notify", {"--notify"}) + "reload-signal = \"HUP\"\n");
    started();
    const pid_t main = main_pid();
    const Outcome outcome = reload();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "did not reload: SIGHUP would kill PID " + std::to_string(main) +
                                  ", which does not handle it");
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(main_pid(), main);
    EXPECT_TRUE(is_alive(main));
    stopped();
}

// While a thread sleeps in sigwait(3) its mask in /proc lacks the signal, which does not end it.
TEST_F(ReloadTest, ASignalThatIsWaitedForEndsNobody) {
    configure(service("notify",
                      {"--block", "HUP,TERM", "--notify", "--sigwait", "HUP,TERM", path("log")}) +
              "reload-signal = \"HUP\"\n");
    started();
    await("the service to sleep in sigwait",
          [&] { return !mask_has(status_of(main_pid())["SigBlk"], SIGHUP); });
    for (const std::size_t round : {1, 2}) {
        const Outcome outcome = reload();
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        ASSERT_TRUE(await_lines("log", round));
    }
    EXPECT_EQ(read("log"), "HUP\nHUP\n");
    stopped();
}

TEST_F(ReloadTest, ASignalThatAThreadWaitsForEndsNobody) {
    configure(service("notify", {"--block", "HUP,TERM", "--thread-sigwait", "HUP,TERM", path("log"),
                                 "--notify"}) +
              "reload-signal = \"HUP\"\n");
    started();
    const Outcome outcome = reload();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    ASSERT_TRUE(await_lines("log", 1));
    EXPECT_EQ(read("log"), "HUP\n");
    stopped();
}

TEST_F(ReloadTest, WaitingForAnotherSignalDoesNotHelp) {
    configure(service("notify",
                      {"--block", "USR1,TERM", "--notify", "--sigwait", "USR1,TERM", path("log")}) +
              "reload-signal = \"HUP\"\n");
    started();
    await("the service to sleep in sigwait",
          [&] { return !mask_has(status_of(main_pid())["SigBlk"], SIGUSR1); });
    const Outcome outcome = reload();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "SIGHUP would kill PID");
    EXPECT_TRUE(is_alive(main_pid()));
    stopped();
}

// The kernel gives a signal to any thread that takes it.
TEST_F(ReloadTest, OneThreadThatDoesNotBlockTheSignalIsEnough) {
    configure(service("notify", {"--block", "HUP", "--thread-unblock", "HUP", "--notify"}));
    started();
    const pid_t main = main_pid();
    await("the thread to unblock it", [&] {
        for (const auto& entry :
             std::filesystem::directory_iterator("/proc/" + std::to_string(main) + "/task")) {
            const auto text = read_file(entry.path().string() + "/status").value_or("");
            if (!mask_has(parse_fields(text, ":\t")["SigBlk"], SIGHUP))
                return true;
        }
        return false;
    });
    const Outcome outcome = reload();
    EXPECT_EQ(outcome.code, 1) << outcome.out;
    EXPECT_TRUE(is_alive(main));
    stopped();
}

TEST_F(ReloadTest, AnIgnoredSignalEndsNobody) {
    configure(service("notify", {"--ignore", "HUP", "--notify"}) + "reload-signal = \"HUP\"\n");
    started();
    EXPECT_EQ(reload().code, 0);
    EXPECT_EQ(state("state"), "running");
    stopped();
}

// `kill -HUP $(cat pid)`: what an old script or a log rotation does.
TEST_F(ReloadTest, HangUpOfTheLauncherIsAReload) {
    configure(logging("reload-signal = \"SIGUSR1\"\n"));
    const pid_t pid = started();
    send_signal(pid, SIGHUP);
    ASSERT_TRUE(await_lines("log", 1));
    EXPECT_EQ(read("log"), "USR1\n");
    EXPECT_TRUE(await_field("reload.serial", "1"));
    EXPECT_TRUE(is_alive(pid));
    stopped();
}

TEST_F(ReloadTest, NotRunningIsSeven) {
    configure(logging("reload-signal = \"HUP\"\n"));
    EXPECT_EQ(reload().code, 7);
    started();
    stopped();
    const Outcome outcome = reload();
    EXPECT_EQ(outcome.code, 7);
    EXPECT_NE(outcome.err.find("not running"), std::string::npos) << outcome.err;
}

TEST_F(ReloadTest, NotBeforeReady) {
    configure(service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0",
                                 "--notify-after", path("go")}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_state("start"));
    const Outcome outcome = reload();
    EXPECT_NE(outcome.code, 0);
    EXPECT_NE(outcome.err, "");
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    EXPECT_EQ(read("log"), "") << "the service was disturbed while it started";
    stopped();
}

TEST_F(ReloadTest, SeveralAtOnce) {
    configure(logging("reload-signal = \"HUP\"\n"));
    started();
    std::vector<Program*> commands;
    for (int i = 0; i < 8; ++i)
        commands.push_back(&spawn_amphid({"reload", config()}));
    for (Program* one : commands)
        EXPECT_EQ(finish(*one).code, 0) << one->error;
    EXPECT_TRUE(await_state("running"));
    stopped();
}

// P24: MONOTONIC_USEC in the same datagram, and READY=1 always follows.
TEST_F(ReloadTest, ManagerIsToldOfBothEnds) {
    configure(logging("reload-signal = \"HUP\"\n"));
    Program& unit = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    const std::size_t before = messages().size();
    const Outcome outcome = reload();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    ASSERT_TRUE(await("the second READY=1", [&] { return count_messages("READY=1") == 2; }));
    std::size_t reloading = 0;
    std::size_t ready = 0;
    for (std::size_t i = before; i < messages().size(); ++i) {
        const std::string& text = messages()[i].text;
        if (text.find("RELOADING=1") != std::string::npos) {
            reloading = i;
            EXPECT_NE(text.find("MONOTONIC_USEC="), std::string::npos) << text;
        }
        if (text.find("READY=1") != std::string::npos)
            ready = i;
    }
    EXPECT_GE(reloading, before);
    EXPECT_GE(ready, reloading);
    ASSERT_TRUE(await_lines("log", 1));
    EXPECT_EQ(read("log"), "HUP\n");
    send_signal(unit.pid, SIGTERM);
    EXPECT_EQ(finish(unit).code, 0);
}

// systemd's own way: ReloadSignal= to MainPID, which is the launcher.
TEST_F(ReloadTest, ManagersHangUpIsAReload) {
    configure(logging("reload-signal = \"HUP\"\n"));
    Program& unit = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    send_signal(unit.pid, SIGHUP);
    ASSERT_TRUE(await_message("RELOADING=1"));
    ASSERT_TRUE(await("the second READY=1", [&] { return count_messages("READY=1") == 2; }));
    ASSERT_TRUE(await_lines("log", 1));
    send_signal(unit.pid, SIGTERM);
    EXPECT_EQ(finish(unit).code, 0);
    EXPECT_EQ(read("log"), "HUP\nTERM\n");
}

TEST_F(ReloadTest, ReloadingAndReadyInOneMessageIsAReloadThatIsOver) {
    configure(service("notify-reload", {"--on", "HUP", "{", "--append", path("reloads"),
                                        "--reloaded", "}", "--notify"}));
    started();
    for (std::size_t round = 1; round <= 3; ++round) {
        const Outcome outcome = reload();
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(lines("reloads").size(), round);
        EXPECT_EQ(state("state"), "running");
    }
    stopped();
}

TEST_F(ReloadTest, ServiceThatDiesOfItsReloadIsNotedAsDead) {
    configure(service("notify", {"--exit-on", "HUP:3", "--notify"}) + "reload-signal = \"HUP\"\n");
    const pid_t pid = started();
    ASSERT_EQ(reload().signal, 0);
    ASSERT_TRUE(await_gone(pid));
    EXPECT_EQ(state("exit.kind"), "exited");
    EXPECT_EQ(state("exit.status"), "3");
    EXPECT_EQ(status().code, 3);
}

/// As haproxy -Ws: a hook sends the signal, and the service says afterwards what comes of it.
class AnsweringReloadTest : public ReloadTest {
protected:
    std::string answering() const {
        return service("notify", {"--exit-on", "TERM:0",      "--on",        "USR2",
                                  "{",         "--if-exists", path("waits"), "{",
                                  "--await",   path("begin"), "}",           "--reloading",
                                  "--await",   path("go"),    "--append",    path("reloaded"),
                                  "--notify",  "}",           "--on",        "USR1",
                                  "{",         "--reloading", "--notify",    "}",
                                  "--notify"}) +
               hooks("exec-reload", {shell("kill -USR2 $MAINPID")});
    }

    /// The command returns when the service has reloaded, and not before.
    void expect_answer(std::size_t round, const std::string& waiting, const std::string& answer) {
        Program& command = spawn_amphid({"reload", config()});
        ASSERT_TRUE(await_state(waiting));
        EXPECT_EQ(lines("reloaded").size(), round - 1);
        write(answer, "");
        EXPECT_EQ(finish(command).code, 0) << command.error;
        EXPECT_EQ(lines("reloaded").size(), round) << "said before the service said so";
    }
};

TEST_F(AnsweringReloadTest, IsOverWhenTheServiceSaysSo) {
    configure(answering());
    started();
    expect_answer(1, "reload-notify", "go");
    // The hook has ended before the service begins; that it answers is known by now.
    write("waits", "");
    expect_answer(2, "reload-signal", "begin");
    EXPECT_EQ(reload().code, 0) << "it answers at once";
    EXPECT_EQ(lines("reloaded").size(), 3U);
    stopped();
}

TEST_F(AnsweringReloadTest, AfterThoseThatItAnnouncedByItself) {
    configure(answering());
    write("go", "");
    started();
    for (int round = 1; round <= 3; ++round) {
        send_signal(main_pid(), SIGUSR1);
        ASSERT_TRUE(await_field("reload.serial", std::to_string(2 * round - 1)));
        const Outcome outcome = reload();
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_EQ(state("reload.serial"), std::to_string(2 * round));
        EXPECT_EQ(state("reload.begun"), state("reload.serial"));
    }
    stopped();
}

} // namespace amphid::test
