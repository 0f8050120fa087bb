// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The rest of the notify protocol: main process, access, descriptors, and what goes on upwards.

#include "fixture.h"
#include "helper/file.h"
#include "helper/notify.h"
#include "proc.h"

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace amphid::test {

class ProtocolTest : public ProcessTest {};

TEST_F(ProtocolTest, MainPidMovesToADescendant) {
    configure(service("notify", {"--main-child", "{", "--ready-file", path("child"), "}", "--await",
                                 path("child"), "--notify"}) +
              "notify-access = \"all\"\n");
    started();
    EXPECT_EQ(std::to_string(main_pid()) + "\n", read("child"));
    stopped();
}

TEST_F(ProtocolTest, TheEndOfTheNewMainProcessIsTheServices) {
    configure(service("notify", {"--main-child", "{", "--await", path("go"), "--exit", "7", "}",
                                 "--notify"}) +
              "notify-access = \"all\"\n");
    started();
    write("go", "");
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(state("exit.kind"), "unknown") << "it is no child of the launcher";
    ASSERT_TRUE(await_gone(launcher()));
    expect_nobody_left();
}

TEST_F(ProtocolTest, MainPidOfAStrangerIsRefused) {
    Program& stranger = spawn({{helper_binary(), "serve"}});
    configure(service("notify", {"--send", "MAINPID=" + std::to_string(stranger.pid), "--send",
                                 "MAINPID=1", "--notify"}));
    started();
    EXPECT_NE(main_pid(), stranger.pid);
    EXPECT_GT(main_pid(), 1);
    stopped();
    EXPECT_TRUE(is_alive(stranger.pid));
    send_signal(stranger.pid, SIGTERM);
    finish(stranger);
}

TEST_F(ProtocolTest, NotifyAccessChangesUntilTheNextStart) {
    configure(service("notify", {"--send", "NOTIFYACCESS=all", "--child", "{", "--notify", "}"}));
    started();
    stopped();
}

TEST_F(ProtocolTest, NotifyAccessExecHearsHooksOnly) {
    configure(service("notify", {"--notify-from-child", "--await", path("go"), "--notify"}) +
              "notify-access = \"exec\"\n" +
              hooks("exec-start-post", {played({"--status", "from the hook", "--exit", "0"})}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_state("start"));
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(state("status-text"), "from the hook");
    stopped();
}

TEST_F(ProtocolTest, StoredDescriptorsComeBackAfterARestart) {
    configure(service("notify", {"--given", path("given"),  "--if-exists", path("again"),
                                 "{",       "--notify",     "--await",     path("never"),
                                 "}",       "--store",      "first",       "--store",
                                 "second",  "--ready-file", path("again"), "--notify",
                                 "--await", path("go"),     "--exit",      "1"}) +
              "file-descriptor-store-max = 8\nrestart = \"on-failure\"\nrestart-sec = 0\n");
    started();
    EXPECT_EQ(read("given"), "none\n");
    write("go", "");
    ASSERT_TRUE(await("the second start's descriptors",
                      [&] { return read("given") == "first=first\nsecond=second\n"; }));
    stopped();
}

TEST_F(ProtocolTest, RemovedDescriptorsAndThoseOfAStoreThatIsFullDoNot) {
    configure(service("notify", {"--given",
                                 path("given"),
                                 "--if-exists",
                                 path("again"),
                                 "{",
                                 "--notify",
                                 "--await",
                                 path("never"),
                                 "}",
                                 "--store",
                                 "first",
                                 "--store",
                                 "second",
                                 "--store",
                                 "third",
                                 "--send",
                                 "FDSTOREREMOVE=1\\nFDNAME=first",
                                 "--ready-file",
                                 path("again"),
                                 "--notify",
                                 "--await",
                                 path("go"),
                                 "--exit",
                                 "1"}) +
              "file-descriptor-store-max = 2\nrestart = \"on-failure\"\nrestart-sec = 0\n");
    started();
    write("go", "");
    ASSERT_TRUE(await("the second start's descriptors",
                      [&] { return read("given") == "second=second\n"; }));
    stopped();
}

// The bridge.

TEST_F(ProtocolTest, TheMainProcessSpeaksToTheManager) {
    configure(service("notify", {"--send", "ERRNO=7\\nBUSERROR=org.example.Bad", "--send",
                                 "STATUS=well", "--notify"}));
    Program& command = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_EQ(count_messages("ERRNO=7"), 1U);
    EXPECT_EQ(count_messages("BUSERROR=org.example.Bad"), 1U);
    for (const Datagram& message : messages()) {
        EXPECT_EQ(message.pid, command.pid) << "NotifyAccess=main is enough: " << message.text;
    }
    send_signal(command.pid, SIGTERM);
    finish(command);
}

TEST_F(ProtocolTest, DescriptorsPassThroughToTheManager) {
    configure(service("notify",
                      {"--store", "web", "--send", "FDSTOREREMOVE=1\\nFDNAME=old", "--notify"}) +
              "file-descriptor-store-max = 4\n");
    Program& command = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    bool passed = false;
    for (const Datagram& message : messages()) {
        passed = passed || (message.text == "FDSTORE=1\nFDNAME=web" && message.descriptors == 1);
    }
    EXPECT_TRUE(passed);
    EXPECT_EQ(count_messages("FDSTOREREMOVE=1"), 1U);
    send_signal(command.pid, SIGTERM);
    finish(command);
}

// systemd 262 lets sendmsg(2) fail where it wants no descriptors.
TEST_F(ProtocolTest, AManagerThatTakesNoDescriptorsIsSurvived) {
    if (!take_no_descriptors())
        GTEST_SKIP() << "the kernel has no SO_PASSRIGHTS";
    configure(service("notify", {"--exit-on", "TERM:0", "--store", "one", "--store", "two",
                                 "--barrier", "--status", "still here", "--notify"}) +
              "file-descriptor-store-max = 4\n");
    Program& command = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_EQ(count_messages("FDSTORE=1"), 0U);
    EXPECT_EQ(state("status-text"), "still here");
    send_signal(command.pid, SIGTERM);
    const Outcome outcome = finish(command);
    EXPECT_EQ(outcome.code, 0);
    const std::string words = "the service manager accepts no file descriptors";
    const auto at = outcome.err.find(words);
    EXPECT_NE(at, std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find(words, at + 1), std::string::npos) << "said once";
}

TEST_F(ProtocolTest, AReloadByTheServiceKeepsItsMoment) {
    configure(service("notify", {"--on", "USR1", "{", "--send", "RELOADING=1\\nMONOTONIC_USEC=4711",
                                 "--notify", "}", "--notify"}));
    Program& command = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_message("MONOTONIC_USEC=4711"));
    ASSERT_TRUE(await("READY=1 after it", [&] { return count_messages("READY=1") == 2; }));
    send_signal(command.pid, SIGTERM);
    finish(command);
}

TEST_F(ProtocolTest, WatchdogVariablesAreTheServices) {
    configure(service("notify", {"--record", path("record"), "--notify"}) + "watchdog-sec = 30\n");
    started();
    const Fields record = this->record("record");
    EXPECT_EQ(record.at("env.WATCHDOG_USEC"), "30000000");
    EXPECT_EQ(record.at("env.WATCHDOG_PID"), std::to_string(main_pid()));
    stopped();
}

TEST_F(ProtocolTest, EachReloadCommandIsAnsweredByALaterReload) {
    configure(service("exec", {}) +
              hooks("exec-reload", {played({"--append-text", path("reloads"), "x", "--await",
                                            path("go"), "--exit", "0"})}));
    started();
    Program& first = spawn_amphid({"reload", config()});
    ASSERT_TRUE(await_lines("reloads", 1));
    Program& second = spawn_amphid({"reload", config()});
    ASSERT_TRUE(await("the second request", [&] { return second.pid > 0; }));
    write("go", "");
    EXPECT_EQ(finish(first).code, 0);
    EXPECT_EQ(finish(second).code, 0);
    EXPECT_EQ(lines("reloads").size(), 2U);
    stopped();
}

} // namespace amphid::test
