// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A manager above us, and no libsystemd on the machine: amphid itself speaks the protocol.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class NoLibraryTest : public ProcessTest {
protected:
    /// A launch that finds a file which is no library in the library's place.
    Launch without_library() {
        ::mkdir(path("lib").c_str(), 0755);
        write("lib/libsystemd.so.0", "");
        Launch launch;
        launch.by_systemd = true;
        launch.environment["LD_LIBRARY_PATH"] = path("lib");
        return launch;
    }

    bool has_library(pid_t pid) const {
        const auto maps = read_file("/proc/" + std::to_string(pid) + "/maps").value_or("");
        return maps.find("libsystemd") != std::string::npos;
    }

    void end(Program& run) {
        send_signal(run.pid, SIGTERM);
        EXPECT_EQ(finish(run).code, 0) << run.error;
    }
};

TEST_F(NoLibraryTest, TheManagerHearsEverything) {
    configure(service("notify", {"--exit-on", "TERM:0", "--send", "STATUS=half way", "--notify"}));
    Program& run = spawn_amphid({"run", config()}, without_library());
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_FALSE(has_library(run.pid)) << "the test hides nothing";
    EXPECT_EQ(count_messages("STATUS=half way"), 1U);
    for (const Datagram& message : messages())
        EXPECT_EQ(message.pid, run.pid) << message.text;
    EXPECT_EQ(run.error, "") << "there is nothing to complain of";
    end(run);
    EXPECT_EQ(count_messages("STOPPING=1"), 1U);
}

TEST_F(NoLibraryTest, ReloadIsAnnounced) {
    configure(service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0", "--notify"}));
    Program& run = spawn_amphid({"run", config()}, without_library());
    ASSERT_TRUE(await_message("READY=1"));
    send_signal(run.pid, SIGHUP);
    EXPECT_TRUE(await_message("RELOADING=1"));
    EXPECT_TRUE(await("the end of the reload", [&] { return count_messages("READY=1") == 2; }));
    end(run);
}

TEST_F(NoLibraryTest, DescriptorsReachTheStore) {
    configure(service("notify", {"--exit-on", "TERM:0", "--store", "one", "--notify"}) +
              "file-descriptor-store-max = 4\n");
    Program& run = spawn_amphid({"run", config()}, without_library());
    ASSERT_TRUE(await_message("READY=1"));
    ASSERT_TRUE(await_message("FDSTORE=1"));
    for (const Datagram& message : messages()) {
        const bool stores = message.text.find("FDSTORE=1") != std::string::npos;
        EXPECT_EQ(message.descriptors, stores ? 1 : 0) << message.text;
    }
    end(run);
}

TEST_F(NoLibraryTest, AnAddressThatIsNotOursIsNamed) {
    configure(service("notify", {"--exit-on", "TERM:0", "--notify"}));
    Launch launch = without_library();
    launch.environment["NOTIFY_SOCKET"] = "vsock:2:1234";
    const Outcome outcome = amphid({"run", config()}, launch);
    EXPECT_EQ(outcome.code, 5);
    expect_words(outcome.err, "NOTIFY_SOCKET=vsock:2:1234: only libsystemd sends to AF_VSOCK");
}

// Whoever waits in sendmsg(2) for a manager that does not read cannot stop its service.
TEST_F(NoLibraryTest, AManagerThatDoesNotReadHoldsNobodyUp) {
    std::size_t room = 0;
    std::ifstream("/proc/sys/net/unix/max_dgram_qlen") >> room;
    ASSERT_GT(room, 0U);
    if (room > 1000)
        GTEST_SKIP() << "the kernel's queue takes " << room << " messages";
    Words steps{"--exit-on", "TERM:0"};
    for (std::size_t i = 0; i < room + 50; ++i)
        steps.insert(steps.end(), {"--send", "STATUS=" + std::to_string(i)});
    steps.insert(steps.end(), {"--notify", "--append", path("said")});
    configure(service("notify", steps));
    Launch launch = without_library();
    const int deaf = bind_notify(path("deaf"));
    ASSERT_GE(deaf, 0);
    launch.environment["NOTIFY_SOCKET"] = path("deaf");
    Program& run = spawn_amphid({"run", config()}, launch);
    ASSERT_TRUE(await_state("running"));
    ASSERT_TRUE(await_lines("said", 1));
    std::vector<std::string> heard;
    ASSERT_TRUE(await("the rest of the messages", [&] {
        while (const auto message = receive_notify(deaf))
            heard.push_back(message->text);
        return !heard.empty() && heard.back().find("READY=1") != std::string::npos;
    }));
    std::size_t next = 0;
    for (const std::string& text : heard)
        next += text == "STATUS=Starting: " + std::to_string(next);
    EXPECT_EQ(next, room + 50) << "in their order, and all of them";
    end(run);
    ::close(deaf);
}

TEST_F(NoLibraryTest, AStopNeedsNoReader) {
    std::size_t room = 0;
    std::ifstream("/proc/sys/net/unix/max_dgram_qlen") >> room;
    if (room > 1000)
        GTEST_SKIP() << "the kernel's queue takes " << room << " messages";
    Words steps{"--exit-on", "TERM:0", "--notify"};
    for (std::size_t i = 0; i < room + 10; ++i)
        steps.insert(steps.end(), {"--send", "STATUS=" + std::to_string(i)});
    steps.insert(steps.end(), {"--append", path("said")});
    configure(service("notify", steps));
    Launch launch = without_library();
    const int deaf = bind_notify(path("deaf"));
    ASSERT_GE(deaf, 0);
    launch.environment["NOTIFY_SOCKET"] = path("deaf");
    Program& run = spawn_amphid({"run", config()}, launch);
    ASSERT_TRUE(await_lines("said", 1));
    end(run);
    ::close(deaf);
}

} // namespace amphid::test
