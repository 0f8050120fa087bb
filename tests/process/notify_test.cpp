// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The private notify socket: who is believed, what is understood, and when.
// That a message was not believed is proven by order: the socket is a queue, so once a later
// message has had its effect, the earlier one has had its chance.

#include "fixture.h"
#include "helper/file.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <sys/stat.h>

namespace amphid::test {

class NotifyTest : public ProcessTest {
protected:
    /// The service sends this and then STATUS=marker: it must still be starting afterwards.
    void expect_not_ready(const Words& steps) {
        const std::string marker = "marker " + std::to_string(++rounds_);
        std::filesystem::remove(path("go"));
        Words all = steps;
        // The barrier: what came before has been acted on.
        all.insert(all.end(), {"--barrier", "--status", marker, "--notify-after", path("go")});
        configure(service("notify", all));
        Program& command = spawn_amphid({"start", config()});
        ASSERT_TRUE(await_field("status-text", marker));
        EXPECT_EQ(state("state"), "start");
        EXPECT_FALSE(command.status);
        write("go", "");
        EXPECT_EQ(finish(command).code, 0) << command.error;
        stopped();
    }

private:
    int rounds_ = 0;
};

TEST_F(NotifyTest, StatusAndReadyReachTheStateFile) {
    configure(service("notify", {"--status", "opening the store", "--await", path("go"), "--send",
                                 "READY=1\\nSTATUS=serving"}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_field("status-text", "opening the store"));
    EXPECT_EQ(state("state"), "start");
    EXPECT_EQ(state("ready-usec"), "0");
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(state("status-text"), "serving");
    EXPECT_NE(state("ready-usec"), "0");
    stopped();
}

TEST_F(NotifyTest, StatusGoesOnWhileRunning) {
    configure(service("notify", {"--on", "USR1", "{", "--status", "17 clients", "}", "--notify"}));
    started();
    send_signal(main_pid(), SIGUSR1);
    EXPECT_TRUE(await_field("status-text", "17 clients"));
    stopped();
}

TEST_F(NotifyTest, EmptyStatusClears) {
    configure(service("notify", {"--status", "something", "--on", "USR1", "{", "--send",
                                 "STATUS=", "}", "--notify"}));
    started();
    EXPECT_EQ(state("status-text"), "something");
    send_signal(main_pid(), SIGUSR1);
    EXPECT_TRUE(await_field("status-text", ""));
    stopped();
}

// P58: only UTF-8.
TEST_F(NotifyTest, StatusThatIsNoUtf8IsIgnored) {
    configure(service("notify", {"--status", "good", "--send", "STATUS=\\xff\\xfe", "--notify"}));
    started();
    EXPECT_EQ(state("status-text"), "good");
    stopped();
}

// M5: whoever can write to the socket is not the service.
TEST_F(NotifyTest, StrangerIsNotBelieved) {
    configure(
        service("notify", {"--record", path("record"), "--ready-file", path("runs"), "--await",
                           path("go"), "--status", "marker", "--notify-after", path("ready")}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_file("runs"));
    EXPECT_EQ(send_notify(record("record")["env.NOTIFY_SOCKET"], "READY=1"), 0);
    EXPECT_EQ(send_notify(record("record")["env.NOTIFY_SOCKET"], "STATUS=I was here"), 0);
    write("go", "");
    ASSERT_TRUE(await_field("status-text", "marker"));
    EXPECT_EQ(state("state"), "start");
    EXPECT_FALSE(command.status);
    write("ready", "");
    EXPECT_EQ(finish(command).code, 0);
    stopped();
}

// P10.
TEST_F(NotifyTest, ChildIsNotBelievedByDefault) {
    expect_not_ready({"--notify-from-child"});
}

TEST_F(NotifyTest, ChildIsBelievedWithAccessAll) {
    configure(service("notify", {"--child", "{", "--notify", "}"}) + "notify-access = \"all\"\n");
    started();
    stopped();
}

// P11: the sender may be gone when its message is read.
TEST_F(NotifyTest, StrangerIsNotBelievedWithAccessAll) {
    configure(service("notify", {"--ready-file", path("runs"), "--await", path("go"), "--status",
                                 "marker", "--notify-after", path("ready")}) +
              "notify-access = \"all\"\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_file("runs"));
    EXPECT_EQ(send_notify(environment_of(main_pid())["NOTIFY_SOCKET"], "READY=1"), 0);
    write("go", "");
    ASSERT_TRUE(await_field("status-text", "marker"));
    EXPECT_EQ(state("state"), "start");
    write("ready", "");
    EXPECT_EQ(finish(command).code, 0);
    stopped();
}

TEST_F(NotifyTest, AccessNoneListensToNobody) {
    configure(service("exec", {"--status", "ignored", "--ready-file", path("sent")}) +
              "notify-access = \"none\"\n");
    started();
    ASSERT_TRUE(await_file("sent"));
    stopped();
    // The last state was written long after the message was there to be read.
    EXPECT_EQ(state("status-text"), "");
}

// P15.
TEST_F(NotifyTest, KeysAreMatchedExactly) {
    for (const char* text : {"XREADY=1", "READY=10", "READY=1x", "READY=0", "READY = 1", "ready=1",
                             "STATUS=READY=1", "X_OTHER=READY=1", "READY"})
        expect_not_ready({"--send", text});
}

TEST_F(NotifyTest, UnknownKeysAndLineEndsAreNoHindrance) {
    configure(service("notify", {"--send", "X_FOO=1\\n\\nMAINPID=abc\\nREADY=1\\n"}));
    started();
    stopped();
}

TEST_F(NotifyTest, AllLinesOfOneMessageCount) {
    configure(service("notify", {"--send", "STATUS=all\\nREADY=1"}));
    started();
    EXPECT_EQ(state("status-text"), "all");
    stopped();
}

// P14: embedded NUL, and a message longer than systemd's buffer.
TEST_F(NotifyTest, NulAndTooLongMessagesAreRefused) {
    expect_not_ready({"--send-nul", "READY=1\n"});
    expect_not_ready({"--send-long", "READY=1\\nX=", "5000"});
}

TEST_F(NotifyTest, LongestAllowedMessageIsTaken) {
    configure(service("notify", {"--send-long", "READY=1\\nX=", "4000"}));
    started();
    stopped();
}

// P14: the step returns only when the launcher has closed what it was given.
TEST_F(NotifyTest, StrayDescriptorsAreClosed) {
    configure(service("notify", {"--on", "USR1", "{", "--send-fd", "STATUS=with one", "--send-fd",
                                 "FDSTORE=1", "--append", path("closed"), "}", "--notify"}));
    const pid_t pid = started();
    const std::size_t before = descriptors_at_rest(pid);
    for (std::size_t round = 1; round <= 3; ++round) {
        send_signal(main_pid(), SIGUSR1);
        ASSERT_TRUE(await_lines("closed", round));
    }
    EXPECT_EQ(descriptors_at_rest(pid), before);
    stopped();
}

// P12: answered after the messages before it had their effect.
TEST_F(NotifyTest, BarrierIsAnsweredAfterWhatCameBefore) {
    configure(service("notify", {"--on", "USR1", "{", "--status", "before", "--barrier", "--append",
                                 path("passed"), "}", "--notify"}));
    started();
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_lines("passed", 1));
    EXPECT_EQ(state("status-text"), "before");
    stopped();
}

// M3, M4, P50: microseconds, from now on, in 64 bits.
TEST_F(NotifyTest, ExtendTimeoutMovesTheDeadline) {
    configure(service("notify", {"--extend", "3000000000", "--ready-file", path("runs"),
                                 "--notify-after", path("go")}) +
              "timeout-start-sec = \"1500ms\"\n");
    const auto passed = std::chrono::steady_clock::now() + std::chrono::milliseconds(1600);
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_file("runs"));
    ASSERT_TRUE(await("the first deadline to pass",
                      [&] { return std::chrono::steady_clock::now() > passed; }));
    EXPECT_FALSE(command.status) << command.error;
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    stopped();
}

TEST_F(NotifyTest, ExtendedTimeoutEnds) {
    configure(service("notify", {"--extend", "1700000"}) + "timeout-start-sec = \"1500ms\"\n");
    const auto began = std::chrono::steady_clock::now();
    const Outcome outcome = start();
    const auto took = std::chrono::steady_clock::now() - began;
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("(result 'timeout')"), std::string::npos) << outcome.err;
    EXPECT_GE(took, std::chrono::milliseconds(1700));
}

TEST_F(NotifyTest, ExtendNeverShortens) {
    configure(service("notify", {"--extend", "1", "--extend", "0", "--extend", "-5", "--extend",
                                 "nonsense", "--status", "marker", "--notify-after", path("go")}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_field("status-text", "marker"));
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    stopped();
}

TEST_F(NotifyTest, ExtendTimeoutWorksForAStopToo) {
    configure(
        service("notify", {"--on", "TERM", "{", "--extend", "60000000", "--append", path("asked"),
                           "--await", path("go"), "--exit", "0", "}", "--notify"}) +
        "timeout-stop-sec = \"1500ms\"\n");
    started();
    const pid_t main = main_pid();
    const auto passed = std::chrono::steady_clock::now() + std::chrono::milliseconds(1600);
    Program& command = spawn_amphid({"stop", config()});
    ASSERT_TRUE(await_lines("asked", 1));
    ASSERT_TRUE(await("the first deadline to pass",
                      [&] { return std::chrono::steady_clock::now() > passed; }));
    EXPECT_TRUE(is_alive(main));
    write("go", "");
    EXPECT_EQ(finish(command).code, 0);
    EXPECT_EQ(state("result"), "success");
}

// P13: bound before the fork, so that the very first act of a service may be READY=1; open to the
// service whatever user it becomes, in a folder of ours.
TEST_F(NotifyTest, SocketIsThereAndGoesAway) {
    configure(service("notify", {"--record", path("record"), "--notify"}));
    started();
    EXPECT_EQ(record("record")["env.NOTIFY_SOCKET"], runtime("notify"));
    struct stat info {};
    ASSERT_EQ(::stat(runtime("notify").c_str(), &info), 0);
    EXPECT_TRUE(S_ISSOCK(info.st_mode));
    EXPECT_EQ(info.st_mode & 0777U, 0666U);
    stopped();
    EXPECT_FALSE(exists(runtime("notify")));
}

// P18, systemd-facts 1: STOPPING wins in one message, and a service that stops is not ready.
TEST_F(NotifyTest, StoppingOfTheServiceIsNoFailure) {
    configure(service("notify", {"--on", "USR1", "{", "--stopping", "--await", path("go"), "--exit",
                                 "0", "}", "--notify"}));
    const pid_t pid = started();
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_state("stop-sigterm"));
    write("go", "");
    ASSERT_TRUE(await_gone(pid));
    EXPECT_EQ(state("state"), "dead");
    EXPECT_EQ(state("result"), "success");
}

} // namespace amphid::test
