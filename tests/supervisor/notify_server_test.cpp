// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/notify_server.h"

#include "directory.h"

#include <functional>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

namespace amphid {
namespace {

struct FakeSenders final : Senders {
    int main_pid() const override { return main; }
    int control_pid() const override { return control; }
    bool contains(int pid) const override { return pid == member; }
    int main = 0;
    int control = 0;
    int member = 0;
};

class NotifyServerTest : public testing::Test {
protected:
    void serve(NotifyAccess access) {
        server.emplace(loop, NotifySocket(directory.fd.get(), directory.path), "web", access,
                       activation, senders, log, closer,
                       [this](NotifyMessage& said, Notification&) {
                           taken.push_back(said.status.value_or("?"));
                           then();
                       });
        server->begin();
    }
    /// Sends as this process, with a descriptor where there is one.
    void send(std::string_view text, int fd = -1) const {
        const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        server->address().copy(address.sun_path, sizeof address.sun_path - 1);
        iovec part{const_cast<char*>(text.data()), text.size()};
        msghdr message{};
        message.msg_name = &address;
        message.msg_namelen = sizeof address;
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
        if (fd >= 0) {
            message.msg_control = control;
            message.msg_controllen = sizeof control;
            cmsghdr* header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof fd);
            std::copy_n(reinterpret_cast<const char*>(&fd), sizeof fd,
                        reinterpret_cast<char*>(CMSG_DATA(header)));
        }
        ASSERT_EQ(::sendmsg(socket.get(), &message, MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
    }

    TestDirectory directory;
    Loop loop;
    ActivationFacts activation;
    FakeSenders senders;
    Log log{Log::Sink::syslog};
    std::vector<std::size_t> closings; // how many descriptors each has closed
    Closer closer{loop, [this](std::vector<Fd> all) { closings.push_back(all.size()); },
                  [] { return seconds(1); }};
    std::vector<std::string> taken;
    std::function<void()> then = [] {}; // what happens after each message
    std::optional<NotifyServer> server;
};

TEST_F(NotifyServerTest, HasItsNameAgain) {
    serve(NotifyAccess::all);
    senders.member = ::getpid();
    const std::string address = server->address();
    server->renew(directory.fd.get());
    send("STATUS=before");
    ASSERT_EQ(::unlink(address.c_str()), 0);
    server->renew(directory.fd.get());
    EXPECT_EQ(server->address(), address);
    send("STATUS=after");
    server->receive();
    EXPECT_EQ(taken, (std::vector<std::string>{"before", "after"}));
}

TEST_F(NotifyServerTest, HearsWhomNotifyAccessNames) {
    using enum NotifyAccess;
    const int self = ::getpid();
    const std::vector<int FakeSenders::*> roles = {&FakeSenders::main, &FakeSenders::control,
                                                   &FakeSenders::member};
    // main, control, member, nobody
    const std::vector<std::pair<NotifyAccess, std::string>> expected = {
        {none, "...."}, {main, "x..."}, {exec, "xx.."}, {all, "..x."}};
    for (const auto& [access, hears] : expected) {
        std::string found;
        for (std::size_t role = 0; role <= roles.size(); ++role) {
            senders = {};
            if (role < roles.size()) {
                senders.*roles[role] = self;
            }
            serve(access);
            taken.clear();
            send("STATUS=hello");
            server->receive();
            found += taken == std::vector<std::string>{"hello"} ? 'x' : '.';
        }
        EXPECT_EQ(found, hears) << name_of(access);
    }
}

// Until it is reaped its number is its own. Afterwards the number may be anybody's.
TEST_F(NotifyServerTest, HearsADeadSenderUntilItIsReaped) {
    const Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const int on = 1;
    constexpr int so_passpidfd = 76;
    if (::setsockopt(socket.get(), SOL_SOCKET, so_passpidfd, &on, sizeof on) < 0) {
        GTEST_SKIP() << "the kernel does not say which process has sent a message";
    }
    serve(NotifyAccess::all);
    for (const bool reaped : {false, true}) {
        const pid_t child = ::fork();
        if (child == 0) {
            send("STATUS=last words");
            ::_exit(0);
        }
        senders.member = child;
        taken.clear();
        siginfo_t info{};
        ASSERT_EQ(
            ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | (reaped ? 0U : WNOWAIT)), 0);
        server->receive();
        EXPECT_EQ(taken.size(), reaped ? 0U : 1U);
        ::waitpid(child, nullptr, 0);
    }
}

TEST_F(NotifyServerTest, TheServiceMayNameOthersForOneActivation) {
    senders.member = ::getpid();
    serve(NotifyAccess::main);
    send("STATUS=1");
    activation.notify_access = NotifyAccess::all;
    server->receive();
    EXPECT_EQ(taken.size(), 1U);
    activation = {};
    send("STATUS=2");
    server->receive();
    EXPECT_EQ(taken.size(), 1U);
}

TEST_F(NotifyServerTest, ARefusalIsKeptForWhoeverWaits) {
    serve(NotifyAccess::main);
    send("READY=1");
    server->receive();
    EXPECT_EQ(activation.refused_message, "a notification from PID " + std::to_string(::getpid()) +
                                              " was ignored: notify-access is 'main'");
}

TEST_F(NotifyServerTest, ABarrierIsAnsweredWhenWhatCameBeforeIsDone) {
    senders.main = ::getpid();
    serve(NotifyAccess::main);
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const Fd reader(ends[0]);
    Fd writer(ends[1]);
    send("STATUS=before");
    send("BARRIER=1", writer.get());
    writer.reset();
    pollfd fd{reader.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&fd, 1, 0), 0);
    server->receive();
    EXPECT_EQ(taken, (std::vector<std::string>{"before"}));
    EXPECT_EQ(::poll(&fd, 1, 5000), 1) << "the end of the descriptor";
}

TEST_F(NotifyServerTest, TakesNoMoreThanItsShareInATurn) {
    constexpr std::size_t flood = 1000;
    senders.main = ::getpid();
    serve(NotifyAccess::main);
    // As if the service were always faster than we are.
    then = [&] {
        if (taken.size() < flood) {
            send("STATUS=x");
        }
    };
    send("STATUS=x");
    server->receive();
    EXPECT_LT(taken.size(), flood);
    for (int turn = 0; turn < 10; ++turn) {
        server->receive();
    }
    EXPECT_EQ(taken.size(), flood);
}

// Closing costs a process each time: the first is closed at once, the others when they are many.
TEST_F(NotifyServerTest, AFloodOfDescriptorsIsClosedInBatches) {
    senders.main = ::getpid();
    serve(NotifyAccess::main);
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    constexpr std::size_t many = 3 * (Closer::most_waiting + 1);
    for (std::size_t sent = 0; sent <= many; ++sent) {
        send(sent % 2 == 0 ? "STATUS=x" : "", socket.get());
        server->receive();
    }
    constexpr std::size_t batch = Closer::most_waiting + 1;
    EXPECT_EQ(closings, (std::vector<std::size_t>{1, batch, batch, batch}));
}

TEST_F(NotifyServerTest, AMessageThatDoesNotCountHasItsDescriptorsClosed) {
    senders.main = ::getpid();
    serve(NotifyAccess::main);
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    send(std::string_view("READY=1\0X=1", 11), socket.get());
    server->receive();
    EXPECT_TRUE(taken.empty());
    EXPECT_EQ(closings, (std::vector<std::size_t>{1}));
}

TEST_F(NotifyServerTest, ItsEndLeavesNothing) {
    serve(NotifyAccess::main);
    EXPECT_EQ(directory.count(), 1U);
    server->end(directory.fd.get());
    EXPECT_EQ(directory.count(), 0U);
    server->receive();
}

} // namespace
} // namespace amphid
