// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The sending end of sd_notify(3): addresses, descriptors, and a manager that does not read.

#include "os/notify_sender.h"

#include "base/text.h"
#include "os/notify_socket.h"
#include "os/unix_address.h"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {
namespace {

class NotifySenderTest : public ::testing::Test {
protected:
    void SetUp() override {
        std::string folder = ::testing::TempDir() + "amphid-XXXXXX";
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        folder_ = folder;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    /// A manager's socket in this directory; its path.
    std::string bind_in(const std::string& directory) {
        directory_ = Fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        manager_ = NotifySocket(directory_.get(), "/short", "");
        return directory + "/notify";
    }
    /// One in the abstract namespace; its name.
    std::string bind_abstract() {
        manager_ = NotifySocket(-1, "", "");
        return manager_.address();
    }

    std::string folder_;
    Fd directory_;
    NotifySocket manager_;
};

TEST_F(NotifySenderTest, ToAPath) {
    NotifySender sender(bind_in(folder_));
    EXPECT_TRUE(sender.send("READY=1\nSTATUS=up"));
    const auto message = manager_.receive();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->text, "READY=1\nSTATUS=up");
    EXPECT_EQ(message->sender, ::getpid()) << "the kernel says who it was";
    EXPECT_EQ(sender.fd(), -1) << "nothing had to wait";
}

TEST_F(NotifySenderTest, ToAnAbstractName) {
    const std::string name = bind_abstract();
    ASSERT_TRUE(name.starts_with('@'));
    NotifySender sender(name);
    EXPECT_TRUE(sender.send("READY=1"));
    EXPECT_EQ(manager_.receive().value_or(Notification{}).text, "READY=1");
}

TEST_F(NotifySenderTest, ToAPathThatIsLongerThanAnAddress) {
    const std::string directory = concat(folder_, '/', std::string(120, 'd'));
    ASSERT_EQ(::mkdir(directory.c_str(), 0700), 0);
    const std::string path = bind_in(directory);
    ASSERT_GT(path.size(), longest_unix_path);
    NotifySender sender(path);
    EXPECT_TRUE(sender.send("READY=1"));
    EXPECT_EQ(manager_.receive().value_or(Notification{}).text, "READY=1");
}

TEST_F(NotifySenderTest, DescriptorsGoAlong) {
    NotifySender sender(bind_in(folder_));
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const Fd reader(ends[0]);
    const Fd writer(ends[1]);
    EXPECT_TRUE(sender.send("FDSTORE=1\nFDNAME=pipe", {reader.get(), writer.get()}));
    const auto message = manager_.receive();
    ASSERT_TRUE(message);
    ASSERT_EQ(message->descriptors.size(), 2U);
    EXPECT_EQ(::write(message->descriptors[1].get(), "x", 1), 1);
    char byte = 0;
    EXPECT_EQ(::read(reader.get(), &byte, 1), 1);
    EXPECT_EQ(byte, 'x');
}

TEST_F(NotifySenderTest, NobodyListens) {
    EXPECT_FALSE(NotifySender("").send("READY=1"));
    EXPECT_FALSE(NotifySender(folder_ + "/none").send("READY=1"));
    EXPECT_FALSE(NotifySender("@amphid-test-none").send("READY=1"));
    EXPECT_FALSE(NotifySender(folder_ + '/' + std::string(150, 'n')).send("READY=1"));
}

// The queue of a socket has an end. Nothing is lost, and nobody waits in send().
TEST_F(NotifySenderTest, WhatFindsNoRoomGoesLaterInItsOrder) {
    NotifySender sender(bind_in(folder_));
    std::size_t sent = 0;
    while (!sender.is_waiting() && sent < 100'000) {
        ASSERT_TRUE(sender.send(concat("STATUS=", sent++)));
    }
    ASSERT_TRUE(sender.is_waiting()) << "the kernel's queue has no end";
    ASSERT_TRUE(sender.send(concat("STATUS=", sent++), {STDERR_FILENO}));
    pollfd room{sender.fd(), POLLIN, 0};
    EXPECT_EQ(::poll(&room, 1, 0), 0) << "there is no room yet";
    for (std::size_t i = 0; i < sent; ++i) {
        const auto message = manager_.receive();
        ASSERT_TRUE(message) << i;
        EXPECT_EQ(message->text, concat("STATUS=", i));
        EXPECT_EQ(message->descriptors.size(), i + 1 == sent ? 1U : 0U);
        if (::poll(&room, 1, 0) == 1) {
            sender.flush();
        }
    }
    EXPECT_FALSE(sender.is_waiting());
    EXPECT_EQ(::poll(&room, 1, 0), 0) << "it would wake its loop for nothing";
}

TEST_F(NotifySenderTest, AManagerThatIsGoneIsWaitedForNoLonger) {
    NotifySender sender(bind_in(folder_));
    for (std::size_t sent = 0; !sender.is_waiting() && sent < 100'000; ++sent) {
        sender.send("STATUS=x");
    }
    ASSERT_TRUE(sender.is_waiting());
    manager_.remove(directory_.get());
    pollfd room{sender.fd(), POLLIN, 0};
    EXPECT_EQ(::poll(&room, 1, 1000), 1);
    sender.flush();
    EXPECT_FALSE(sender.is_waiting());
    EXPECT_FALSE(sender.send("READY=1"));
    const std::string again = bind_in(folder_);
    EXPECT_TRUE(sender.send("READY=1")) << "another one at the same path";
    EXPECT_EQ(manager_.receive().value_or(Notification{}).text, "READY=1");
}

TEST(NotifyAddressTest, WhatIsNoneOfOurs) {
    EXPECT_EQ(NotifySender::refusal_of(""), "");
    EXPECT_EQ(NotifySender::refusal_of("/run/systemd/notify"), "");
    EXPECT_EQ(NotifySender::refusal_of("@name"), "");
    EXPECT_EQ(NotifySender::refusal_of("vsock:2:1234"),
              "NOTIFY_SOCKET=vsock:2:1234 is neither a path nor '@' and a name");
    EXPECT_EQ(NotifySender::refusal_of("notify"),
              "NOTIFY_SOCKET=notify is neither a path nor '@' and a name");
    EXPECT_NE(NotifySender::refusal_of("@"), "");
}

} // namespace
} // namespace amphid
