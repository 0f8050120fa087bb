// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// [ready] listen: every kind of socket, and what shows that it is this service's.

#include "fixture.h"
#include "helper/file.h"
#include "ports.h"

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class ListenTest : public ProcessTest {
protected:
    static std::string listen(const Words& places) {
        std::string list;
        for (const std::string& place : places)
            list += quoted(place) + ", ";
        return "[ready]\nlisten = [" + list + "]\n";
    }

    /// "listen A (why), listen B (why)".
    static std::string each(const Words& places, const std::string& why) {
        std::string list;
        for (const std::string& place : places)
            list += (list.empty() ? "listen " : ", listen ") + place + " (" + why + ")";
        return list;
    }

    std::string held() const { return "held by PID " + std::to_string(main_pid()); }

    static std::string stranger_message(const std::string& who) {
        return who + " listens, which does not belong to this service";
    }

    /// The service makes this socket when it may; that makes all of `met` hold, and nothing before.
    void expect_met(const Words& socket, const Words& met) {
        ::unlink(path("go").c_str());
        configure(service("exec", with_socket({"--await", path("go")}, socket)) + listen(met));
        Program& command = spawn_amphid({"start", config()});
        ASSERT_TRUE(await_field("waiting-for", each(met, "nothing listens")));
        EXPECT_FALSE(command.status);
        write("go", "");
        EXPECT_EQ(finish(command).code, 0) << command.error;
        EXPECT_EQ(state("met"), each(met, held()));
        stopped();
        remove_socket(socket);
    }

    /// What is asked once READY=1 has told that the socket is there: `unmet` does not hold.
    void expect_unmet(const Words& socket, const Words& met, const Words& unmet) {
        Words all = met;
        all.insert(all.end(), unmet.begin(), unmet.end());
        configure(service("notify", with_socket({}, socket, {"--notify"})) + listen(all));
        Program& command = spawn_amphid({"start", config()});
        ASSERT_TRUE(await_field("waiting-for", each(unmet, "nothing listens")));
        EXPECT_EQ(state("met"), met.empty() ? "" : each(met, held()));
        EXPECT_EQ(stop().code, 0);
        EXPECT_EQ(finish(command).code, 1);
        remove_socket(socket);
    }

    /// A stranger has the place: it is named, and does not make the service ready.
    void expect_named(const Words& socket, const std::string& place) {
        Program& stranger = spawn({{helper_binary(), "serve", "--socket", socket[0], socket[1],
                                    "--ready-file", path("stranger")}});
        ASSERT_TRUE(await_file("stranger"));
        configure(service("exec", {}) + listen({place}));
        Program& command = spawn_amphid({"start", config()});
        const std::string who = "PID " + std::to_string(stranger.pid) + " (helper)";
        EXPECT_TRUE(await_field("waiting-for", each({place}, stranger_message(who))));
        EXPECT_EQ(stop().code, 0);
        EXPECT_EQ(finish(command).code, 1);
        EXPECT_TRUE(is_alive(stranger.pid));
        send_signal(stranger.pid, SIGTERM);
        finish(stranger);
        ::unlink(path("stranger").c_str());
        remove_socket(socket);
    }

    static Words with_socket(Words before, const Words& socket, const Words& after = {}) {
        before.insert(before.end(), {"--socket", socket[0], socket[1]});
        before.insert(before.end(), after.begin(), after.end());
        return before;
    }

    static bool has_ipv6() {
        const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in6 at{};
        at.sin6_family = AF_INET6;
        at.sin6_addr = in6addr_loopback;
        const bool has = ::bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
        ::close(fd);
        return has;
    }

    /// An abstract name that no other test has.
    std::string abstract() const { return "@amphid-" + name(); }

private:
    static void remove_socket(const Words& socket) {
        if (socket[1].front() == '/')
            ::unlink(socket[1].c_str());
    }
};

TEST_F(ListenTest, TcpOverIpv4) {
    const std::string port = free_port();
    const Words socket{"stream", "127.0.0.1:" + port};
    const Words met{"tcp:" + port, "tcp:127.0.0.1:" + port, "tcp:localhost:" + port};
    expect_met(socket, met);
    expect_unmet(socket, met, {"tcp:[::1]:" + port, "tcp:127.0.0.2:" + port, "udp:" + port});
    expect_met({"stream", "0.0.0.0:" + port}, {"tcp:" + port, "tcp:127.0.0.2:" + port});
}

TEST_F(ListenTest, TcpOverIpv6) {
    if (!has_ipv6())
        GTEST_SKIP() << "no IPv6 here";
    const std::string port = free_port();
    const Words socket{"stream", "[::1]:" + port};
    const Words met{"tcp:" + port, "tcp:[::1]:" + port, "tcp:localhost:" + port};
    expect_met(socket, met);
    expect_unmet(socket, met, {"tcp:127.0.0.1:" + port});
}

TEST_F(ListenTest, TcpOverBothUnlessIpv6IsAlone) {
    if (!has_ipv6())
        GTEST_SKIP() << "no IPv6 here";
    const std::string port = free_port();
    const Words both{"tcp:" + port, "tcp:127.0.0.1:" + port, "tcp:[::1]:" + port};
    expect_met({"stream", "[::]:" + port}, both);
    expect_unmet({"v6-stream", "[::]:" + port}, {"tcp:" + port, "tcp:[::1]:" + port},
                 {"tcp:127.0.0.1:" + port});
}

TEST_F(ListenTest, ATcpSocketThatIsBoundDoesNotListen) {
    const std::string port = free_port();
    expect_unmet({"bound-stream", "127.0.0.1:" + port}, {},
                 {"tcp:" + port, "tcp:127.0.0.1:" + port});
}

TEST_F(ListenTest, UdpOverIpv4) {
    const std::string port = free_port(SOCK_DGRAM);
    const Words socket{"datagram", "127.0.0.1:" + port};
    const Words met{"udp:" + port, "udp:127.0.0.1:" + port, "udp:localhost:" + port};
    expect_met(socket, met);
    expect_unmet(socket, met, {"udp:[::1]:" + port, "udp:127.0.0.2:" + port, "tcp:" + port});
}

TEST_F(ListenTest, UdpOverIpv6) {
    if (!has_ipv6())
        GTEST_SKIP() << "no IPv6 here";
    const std::string port = free_port(SOCK_DGRAM);
    expect_met({"datagram", "[::1]:" + port}, {"udp:" + port, "udp:[::1]:" + port});
    expect_met({"datagram", "[::]:" + port}, {"udp:127.0.0.1:" + port, "udp:[::1]:" + port});
    expect_unmet({"v6-datagram", "[::]:" + port}, {"udp:[::1]:" + port}, {"udp:127.0.0.1:" + port});
}

TEST_F(ListenTest, UnixSocketsOfEveryKind) {
    for (const std::string kind : {"stream", "seqpacket", "datagram"}) {
        expect_met({kind, path("socket")}, {"unix:" + path("socket")});
        expect_met({kind, abstract()}, {"unix:" + abstract()});
    }
}

TEST_F(ListenTest, AUnixSocketThatIsBoundOnlyOrElsewhereDoesNotListen) {
    expect_unmet({"bound-stream", path("socket")}, {}, {"unix:" + path("socket")});
    expect_unmet({"bound-stream", abstract()}, {}, {"unix:" + abstract()});
    expect_unmet({"stream", abstract() + "1"}, {"unix:" + abstract() + "1"},
                 {"unix:" + abstract(), "unix:" + abstract() + "12"});
}

TEST_F(ListenTest, AUnixSocketMayBeNamedByAnotherPath) {
    ASSERT_EQ(::mkdir(path("real").c_str(), 0755), 0);
    ASSERT_EQ(::symlink("real", path("linked").c_str()), 0);
    expect_met({"stream", path("real") + "/socket"}, {"unix:" + path("linked") + "/socket"});
}

TEST_F(ListenTest, AStrangerIsNamedOnEveryKindOfSocket) {
    const std::string tcp = free_port();
    expect_named({"stream", "127.0.0.1:" + tcp}, "tcp:" + tcp);
    const std::string udp = free_port(SOCK_DGRAM);
    expect_named({"datagram", "127.0.0.1:" + udp}, "udp:" + udp);
    for (const std::string kind : {"stream", "seqpacket", "datagram"}) {
        expect_named({kind, path("socket")}, "unix:" + path("socket"));
        expect_named({kind, abstract()}, "unix:" + abstract());
    }
}

TEST_F(ListenTest, AChildOfTheMainProcessIsOfTheService) {
    const std::string port = free_port();
    configure(service("exec", {"--child-orphan", "{", "--ready-file", path("child"), "--listen",
                               port, "}"}) +
              listen({"tcp:" + port}));
    started();
    const std::string child = read("child");
    EXPECT_EQ(state("met"),
              each({"tcp:" + port}, "held by PID " + child.substr(0, child.find('\n'))));
    stopped();
}

// Socket activation: whoever made it, the service has it.
TEST_F(ListenTest, ASocketThatWasGivenIsHeld) {
    const std::string port = free_port();
    configure(service("exec", {"--record", path("record")}) + listen({"tcp:" + port}));
    Program& command =
        spawn_amphid({"start", config()},
                     {.command = {helper_binary(), "activated", "stream", "127.0.0.1:" + port},
                      .by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_EQ(state("met"), each({"tcp:" + port}, held()));
    ASSERT_TRUE(await_file("record"));
    EXPECT_EQ(record("record")["env.LISTEN_FDNAMES"], "web");
    send_signal(command.pid, SIGTERM);
    finish(command);
}

} // namespace amphid::test
