// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// What nobody should send to a notify socket: it changes nothing, costs nothing, and keeps nobody
// from a stop.

#include "fixture.h"
#include "helper/file.h"
#include "helper/linger.h"
#include "helper/notify.h"
#include "proc.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class HostileTest : public ProcessTest {
protected:
    static constexpr std::size_t longest = 4096; // systemd's NOTIFY_BUFFER_MAX

    /// The service sends these as one message each and then STATUS=marker; true where it is ready
    /// by then.
    bool is_ready_after(const Words& steps, const Launch& launch = {}) {
        ::unlink(path("go").c_str());
        const std::string marker = "marker " + std::to_string(++rounds_);
        Words all = steps;
        // The barrier: what came before has been acted on.
        all.insert(all.end(), {"--barrier", "--status", marker, "--notify-after", path("go")});
        configure(service("notify", all));
        Program& command = spawn_amphid({"start", config()}, launch);
        EXPECT_TRUE(await_field("status-text", marker));
        const bool ready = state("state") != "start";
        write("go", "");
        EXPECT_EQ(finish(command).code, 0) << command.error;
        stopped();
        return ready;
    }

    /// READY=1 and a line of filling up to this length.
    static Words of_length(std::size_t length) {
        const std::string text = "READY=1\\nX=";
        return {"--send-long", text, std::to_string(length - std::string("READY=1\nX=").size())};
    }

    /// A service that answers a USR1, after everything that was sent before. It has no log of its
    /// own, which the first warning of the launcher would open.
    std::string answering(const std::string& more = "") const {
        return service("notify", {"--on", "USR1", "{", "--barrier", "--append", path("answers"),
                                  "}", "--notify"}) +
               "standard-output = \"null\"\nstandard-error = \"null\"\n" + more;
    }

    void expect_answer() {
        const std::size_t before = lines("answers").size();
        send_signal(main_pid(), SIGUSR1);
        ASSERT_TRUE(await_lines("answers", before + 1));
    }

    Program& flood(const std::string& text, const std::string& count) {
        return spawn({.command = {helper_binary(), "flood", runtime("notify"), text, count}});
    }

    /// A stranger's message with a descriptor that nobody else holds any more when it is read.
    void send_last(const std::string& text, int fd) {
        const pid_t pid = launcher();
        send_signal(pid, SIGSTOP);
        ASSERT_TRUE(await("the launcher to stand still", [&] {
            const auto stat = stat_of(pid);
            return stat && stat->state == 'T';
        }));
        EXPECT_EQ(send_notify(runtime("notify"), text, fd), 0);
        ::close(fd);
        send_signal(pid, SIGCONT);
    }

private:
    int rounds_ = 0;
};

TEST_F(HostileTest, LengthsAreSystemds) {
    EXPECT_TRUE(is_ready_after(of_length(longest)));
    EXPECT_FALSE(is_ready_after(of_length(longest + 1)));
    EXPECT_FALSE(is_ready_after(of_length(65536)));
}

TEST_F(HostileTest, OneNulMayEndAMessage) {
    EXPECT_TRUE(is_ready_after({"--send", "READY=1\\x00"}));
    EXPECT_FALSE(is_ready_after({"--send", "READY=1\\x00\\x00"}));
    EXPECT_FALSE(is_ready_after({"--send", "STATUS=a\\x00b\\nREADY=1"}));
    EXPECT_FALSE(is_ready_after({"--send", "\\x00READY=1"}));
}

TEST_F(HostileTest, AnEmptyMessageIsNone) {
    EXPECT_FALSE(is_ready_after({"--send", "", "--send", "\\n", "--send", "\\x00", "--send", "="}));
}

TEST_F(HostileTest, AsManyDescriptorsAsTheKernelPassesAreClosed) {
    // --send-fds returns when the other end has closed all of them.
    configure(service("notify", {"--on", "USR1", "{", "--send-fds", "STATUS=with all", "253",
                                 "--append", path("closed"), "}", "--notify"}));
    const pid_t pid = started();
    const std::size_t before = descriptors_at_rest(pid);
    for (std::size_t round = 1; round <= 3; ++round) {
        send_signal(main_pid(), SIGUSR1);
        ASSERT_TRUE(await_lines("closed", round));
        EXPECT_EQ(state("status-text"), "with all") << "the message itself is a good one";
    }
    EXPECT_EQ(descriptors_at_rest(pid), before);
    stopped();
}

// The launcher cannot take as many: the kernel cuts them off, and the message means nothing.
TEST_F(HostileTest, AMessageWhoseDescriptorsAreCutOffIsRefused) {
    const Launch few{.command = {"prlimit", "--nofile=64:64"}};
    EXPECT_TRUE(is_ready_after({"--send-fds", "READY=1", "8"}, few));
    EXPECT_FALSE(is_ready_after({"--send-fds", "READY=1", "253"}, few));
    configure(service("notify", {"--on", "USR1", "{", "--send-fds", "STATUS=cut off", "253",
                                 "--append", path("closed"), "}", "--notify"}));
    Program& command = spawn_amphid({"start", config()}, few);
    EXPECT_EQ(finish(command).code, 0) << command.error;
    const std::size_t before = descriptors_at_rest(launcher());
    for (std::size_t round = 1; round <= 3; ++round) {
        send_signal(main_pid(), SIGUSR1);
        ASSERT_TRUE(await_lines("closed", round));
    }
    EXPECT_EQ(descriptors_at_rest(launcher()), before);
    stopped();
}

TEST_F(HostileTest, AStrangersDescriptorsAreClosed) {
    configure(answering("file-descriptor-store-max = 4\n"));
    const pid_t pid = started();
    const std::size_t before = descriptors_at_rest(pid);
    const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    for (const char* text : {"FDSTORE=1\nFDNAME=mine", "READY=1", "BARRIER=1", "", "\n\n"})
        EXPECT_EQ(send_notify(runtime("notify"), text, null, 253), 0);
    ::close(null);
    expect_answer();
    EXPECT_EQ(descriptors_at_rest(pid), before);
    stopped();
}

// close(2) waits as long as SO_LINGER says, and the stranger says it.
TEST_F(HostileTest, ASocketThatLingersHoldsNobodyUp) {
    constexpr int longer_than_any_wait = 600;
    configure(answering());
    started();
    std::array<int, 3> peers{-1, -1, -1};
    for (const bool hidden : {false, true}) {
        int fd = lingering_socket(longer_than_any_wait, peers[hidden ? 1 : 0]);
        ASSERT_GE(fd, 0);
        send_last("STATUS=mine", hidden ? wrapped(fd) : fd);
        expect_answer();
    }
    // And one that is still unread when the launcher ends.
    const pid_t pid = launcher();
    send_signal(pid, SIGSTOP);
    const int fd = wrapped(lingering_socket(longer_than_any_wait, peers[2]));
    EXPECT_EQ(send_notify(runtime("notify"), "STATUS=mine", fd), 0);
    ::close(fd);
    send_signal(pid, SIGTERM);
    send_signal(pid, SIGCONT);
    EXPECT_TRUE(await_gone(pid));
    EXPECT_TRUE(
        await("those who close to follow it", [] { return descendants_of(::getpid()).empty(); }));
    for (const int peer : peers)
        ::close(peer);
}

// Each close(2) of a file on FUSE waits for its server.
TEST_F(HostileTest, AFileThatNobodyClosesHoldsNobodyUp) {
    if (::getuid() != 0)
        GTEST_SKIP() << "needs a mount";
    const std::string file = path("silent") + "/file";
    ASSERT_EQ(::mkdir(path("silent").c_str(), 0755), 0);
    Program& server = spawn({.command = {helper_binary(), "silent-files", path("silent")}});
    ASSERT_TRUE(await("the file, or no FUSE here",
                      [&] { return server.status.has_value() || exists(file); }));
    if (server.status)
        GTEST_SKIP() << "no FUSE here";
    configure(answering());
    started();
    Program& sender =
        spawn({.command = {helper_binary(), "send-file", runtime("notify"), "STATUS=mine", file}});
    // Its own end waits for the server, too.
    ASSERT_TRUE(await("the sender in the midst of its end", [&] {
        const auto stat = stat_of(sender.pid);
        return stat && (stat->state == 'D' || stat->state == 'S') &&
               !std::filesystem::exists("/proc/" + std::to_string(sender.pid) + "/fd/0");
    }));
    expect_answer();
    const pid_t pid = launcher();
    EXPECT_EQ(stop().code, 0);
    EXPECT_FALSE(is_alive(pid));
    started(); // its lock is free, too
    stopped();
    send_signal(server.pid, SIGKILL);
    finish(server);
    finish(sender);
    ::umount2(path("silent").c_str(), MNT_DETACH);
}

// What is stored and not wanted any more goes the same way.
TEST_F(HostileTest, AStoredSocketThatLingersHoldsNobodyUp) {
    configure(
        service("notify", {"--on", "USR1", "{", "--send", "FDSTOREREMOVE=1\\nFDNAME=stored",
                           "--status", "removed", "}", "--store-lingering", "stored", "--notify"}) +
        "file-descriptor-store-max = 4\n");
    started();
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_field("status-text", "removed"));
    stopped();
}

// Closing one at a time would cost a process for each.
TEST_F(HostileTest, AFloodOfSocketsCostsFewProcesses) {
    const auto last_pid = [] {
        return std::atoi(read_file("/proc/sys/kernel/ns_last_pid").value_or("").c_str());
    };
    if (last_pid() == 0)
        GTEST_SKIP() << "the kernel does not tell";
    configure(answering("file-descriptor-store-max = 1\n"));
    const pid_t pid = started();
    const std::size_t descriptors = descriptors_at_rest(pid);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int before = last_pid();
    constexpr int many = 1000;
    for (int i = 0; i < many; ++i)
        EXPECT_EQ(send_notify(runtime("notify"), "FDSTORE=1\nFDNAME=mine", socket), 0);
    ::close(socket);
    expect_answer();
    EXPECT_TRUE(await("the last of them to be closed, when the timer of that elapses",
                      [&] { return descriptors_at_rest(pid) <= descriptors + 1; }));
    EXPECT_LT(last_pid() - before, many / 2);
    stopped();
}

TEST_F(HostileTest, AStrangersWordsChangeNothing) {
    configure(answering("watchdog-sec = 600\nfile-descriptor-store-max = 4\n"));
    const pid_t pid = started();
    const Fields before = state();
    for (const char* text :
         {"READY=1", "STATUS=mine", "STOPPING=1", "RELOADING=1\nMONOTONIC_USEC=1", "MAINPID=1",
          "WATCHDOG=trigger", "WATCHDOG_USEC=1", "EXTEND_TIMEOUT_USEC=1", "NOTIFYACCESS=all",
          "ERRNO=5", "EXIT_STATUS=1", "RESTART_RESET=1", "FDSTOREREMOVE=1\nFDNAME=stored"})
        EXPECT_EQ(send_notify(runtime("notify"), text), 0);
    expect_answer();
    EXPECT_EQ(state(), before);
    EXPECT_EQ(launcher(), pid);
    stopped();
}

TEST_F(HostileTest, AFloodOfAStrangerLeavesNothingBehind) {
    configure(answering());
    const pid_t pid = started();
    const std::size_t before = descriptors_at_rest(pid);
    EXPECT_EQ(finish(flood("STATUS=mine", "10000")).code, 0);
    expect_answer();
    EXPECT_EQ(descriptors_at_rest(pid), before);
    EXPECT_EQ(state("status-text"), "");
    stopped();
}

TEST_F(HostileTest, AStopIsDoneInTheMidstOfAFlood) {
    configure(answering());
    const pid_t pid = started();
    EXPECT_EQ(finish(flood("STATUS=mine", "10000")).code, 0);
    std::vector<Program*> floods;
    for (const char* text : {"READY=1", "BARRIER=1", "STATUS=mine", "STOPPING=1", "X=1", ""})
        floods.push_back(&flood(text, "0"));
    expect_answer(); // which came through between theirs
    for (const Program* one : floods)
        EXPECT_TRUE(is_alive(one->pid)) << "the floods go on";
    stopped();
    EXPECT_FALSE(is_alive(pid));
    for (Program* one : floods)
        EXPECT_EQ(finish(*one).code, 0);
}

TEST_F(HostileTest, AReloadAndAStatusComeThroughAFlood) {
    configure(service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0", "--notify"}) +
              "reload-signal = \"HUP\"\n");
    started();
    Program& endless = flood("STATUS=mine", "0");
    EXPECT_EQ(amphid({"reload", config()}).code, 0);
    EXPECT_EQ(status().code, 0);
    ASSERT_TRUE(await_lines("log", 1));
    stopped();
    EXPECT_EQ(finish(endless).code, 0);
}

TEST_F(HostileTest, TheServicesOwnFloodDoesNotKeepItFromItsStop) {
    configure(service("notify", {"--notify", "--child", "{", "--flood", "STATUS=more", "}"}) +
              "notify-access = \"all\"\n");
    started();
    ASSERT_TRUE(await_field("status-text", "more"));
    stopped();
    expect_nobody_left();
}

TEST_F(HostileTest, AStartIsDoneInTheMidstOfAFlood) {
    configure(service("notify", {"--ready-file", path("runs"), "--notify-after", path("go")}));
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_file("runs"));
    Program& endless = flood("READY=1", "0");
    EXPECT_EQ(state("state"), "start");
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    stopped();
    EXPECT_EQ(finish(endless).code, 0);
}

} // namespace amphid::test
