// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// A manager above us that does not read: whoever waits in sendmsg(2) for room in its queue cannot
// stop its service, nor start it again.

#include "fixture.h"
#include "helper/file.h"

#include <algorithm>
#include <csignal>
#include <unistd.h>

namespace amphid::test {

class DeafManagerTest : public ProcessTest {
protected:
    void SetUp() override {
        ProcessTest::SetUp();
        const auto text = read_file("/proc/sys/net/unix/max_dgram_qlen");
        room_ = std::strtoul(text.value_or("").c_str(), nullptr, 10);
        constexpr std::size_t quickly_filled = 1000;
        if (room_ == 0 || room_ > quickly_filled)
            GTEST_SKIP() << "the kernel's queue takes " << room_ << " messages";
        socket_ = bind_notify(path("deaf"));
        ASSERT_GE(socket_, 0);
    }

    void TearDown() override {
        if (socket_ >= 0)
            ::close(socket_);
        ProcessTest::TearDown();
    }

    /// More messages than the manager's queue takes.
    Words too_many() const {
        Words steps;
        for (std::size_t i = 0; i < sent(); ++i)
            steps.insert(steps.end(), {"--send", "STATUS=" + std::to_string(i)});
        return steps;
    }
    std::size_t sent() const { return room_ + 20; }

    /// Runs the service below that manager until it has sent them all and is up.
    Program& run_until_full(const Words& before, const std::string& more = "",
                            bool by_systemd = true) {
        Words steps = before;
        const Words flood = too_many();
        steps.insert(steps.end(), flood.begin(), flood.end());
        steps.insert(steps.end(), {"--notify", "--append", path("runs")});
        configure(service("notify", steps) + more);
        Launch launch{.by_systemd = by_systemd};
        launch.environment["NOTIFY_SOCKET"] = path("deaf");
        Program& run = spawn_amphid({"run", config()}, launch);
        EXPECT_TRUE(await_lines("runs", 1));
        EXPECT_TRUE(await_state("running"));
        return run;
    }

    /// What it finds when it reads at last, up to a message that has these words.
    std::vector<std::string> heard_until(const std::string& words) {
        std::vector<std::string> heard;
        EXPECT_TRUE(await("the messages up to " + words, [&] {
            while (const auto message = receive_notify(socket_))
                heard.push_back(message->text);
            return std::any_of(heard.begin(), heard.end(), [&](const std::string& text) {
                return text.find(words) != std::string::npos;
            });
        }));
        return heard;
    }

    void end(Program& run) {
        send_signal(run.pid, SIGTERM);
        EXPECT_EQ(finish(run).code, 0) << run.error;
    }

private:
    std::size_t room_ = 0;
    int socket_ = -1;
};

TEST_F(DeafManagerTest, HearsEverythingInItsOrderWhenItReads) {
    Program& run = run_until_full({"--exit-on", "TERM:0"});
    std::size_t next = 0;
    for (const std::string& text : heard_until("READY=1"))
        next += text == "STATUS=Starting: " + std::to_string(next);
    EXPECT_EQ(next, sent());
    end(run);
    heard_until("STOPPING=1");
}

TEST_F(DeafManagerTest, KeepsNobodyFromAStop) {
    end(run_until_full({"--exit-on", "TERM:0"}));
}

TEST_F(DeafManagerTest, KeepsNobodyFromAReload) {
    Program& run = run_until_full({"--log-signals", path("log"), "--exit-on", "TERM:0"},
                                  "reload-signal = \"HUP\"\n");
    send_signal(run.pid, SIGHUP);
    ASSERT_TRUE(await_lines("log", 1));
    ASSERT_TRUE(await_field("reload.serial", "1"));
    end(run);
}

// Below s6 and the like the restart is ours.
TEST_F(DeafManagerTest, KeepsNobodyFromARestart) {
    Program& run =
        run_until_full({"--exit-on", "TERM:0"}, "restart = \"always\"\nrestart-sec = 0\n", false);
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("runs", 2));
    ASSERT_TRUE(await_state("running"));
    end(run);
}

TEST_F(DeafManagerTest, GetsTheStoredDescriptorsLater) {
    Program& run = run_until_full({"--exit-on", "TERM:0", "--on", "USR1", "{", "--store", "one",
                                   "--append", path("stored"), "}"},
                                  "file-descriptor-store-max = 4\n");
    send_signal(main_pid(), SIGUSR1);
    ASSERT_TRUE(await_lines("stored", 1));
    heard_until("FDSTORE=1\nFDNAME=one");
    end(run);
}

TEST_F(DeafManagerTest, AnAddressThatIsNotOursIsNamed) {
    configure(service("notify", {"--exit-on", "TERM:0", "--notify"}));
    Launch launch{.by_systemd = true};
    launch.environment["NOTIFY_SOCKET"] = "vsock:2:1234";
    const Outcome outcome = amphid({"run", config()}, launch);
    EXPECT_EQ(outcome.code, 6);
    expect_words(outcome.err, "NOTIFY_SOCKET=vsock:2:1234 is neither a path nor '@' and a name");
}

} // namespace amphid::test
