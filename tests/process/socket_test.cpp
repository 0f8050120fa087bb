// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// [[socket]]: what the service gets, what a failed start says and leaves, and that no connection is
// lost while the service is restarted, dies, or loses its launcher.

#include "adopt.h"
#include "helper/sockets.h"
#include "ports.h"
#include "soak.h"

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class SocketTest : public AdoptTest {
protected:
    /// A service with these lines in [[socket]].
    void configure_socket(const Words& steps, const std::string& socket,
                          const std::string& more = "") const {
        configure(service("exec", steps) + more + "\n[[socket]]\n" + socket);
    }

    /// Connects and reads until the end: the PID of the process that answered, or why none did.
    static std::string ask(const std::string& address) {
        sockaddr_storage at{};
        const socklen_t length = socket_address(address, at);
        const int fd = ::socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval patience{10, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        std::string out;
        if (::connect(fd, reinterpret_cast<const sockaddr*>(&at), length) < 0) {
            out = std::string("connect: ") + std::strerror(errno);
        } else {
            out = answer_on(fd);
        }
        ::close(fd);
        return out;
    }

    static std::string answer_on(int fd) {
        std::string out;
        char text[64];
        for (;;) {
            const ssize_t got = ::recv(fd, text, sizeof text, 0);
            if (got < 0)
                return std::string("recv: ") + std::strerror(errno);
            if (got == 0)
                return out;
            out.append(text, static_cast<std::size_t>(got));
        }
    }

    /// A connection that is not answered yet.
    static int connected(const std::string& address) {
        sockaddr_storage at{};
        const socklen_t length = socket_address(address, at);
        const int fd = ::socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const timeval patience{10, 0};
        ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&at), length), 0)
            << std::strerror(errno);
        return fd;
    }

    std::string main_answers() const { return std::to_string(main_pid()) + "\n"; }

    static mode_t mode_of(const std::string& file) {
        struct stat st {};
        return ::lstat(file.c_str(), &st) == 0 ? st.st_mode & 07777 : 0;
    }
};

TEST_F(SocketTest, TheServiceGetsEachKindInOrder) {
    const std::string port = free_port();
    const std::string udp = free_port(SOCK_DGRAM);
    const std::string abstract = "@" + path("abstract");
    configure(service("notify", {"--given-sockets", path("given"), "--notify"}) +
              "[[socket]]\nlisten-stream = [" + quoted("127.0.0.1:" + port) + ", " +
              quoted(abstract) + "]\nlisten-datagram = " + quoted("127.0.0.1:" + udp) +
              "\nlisten-sequential-packet = " + quoted(path("packets")) +
              "\n[[socket]]\nfile-descriptor-name = \"pipe\"\nlisten-fifo = " +
              quoted(path("fifo")) + "\n");
    started();
    const std::string by_default = name() + ".socket";
    EXPECT_EQ(read("given"), by_default + " stream 127.0.0.1 " + port + "\n" + by_default +
                                 " stream " + abstract + "\n" + by_default +
                                 " datagram 127.0.0.1 " + udp + "\n" + by_default + " seqpacket " +
                                 path("packets") + "\npipe fifo\n");
    stopped();
}

TEST_F(SocketTest, TwoServicesDoNotShareAUdpPort) {
    const std::string port = free_port(SOCK_DGRAM);
    const int other = socket_at("datagram", "127.0.0.1:" + port);
    configure_socket({}, "listen-datagram = " + quoted("127.0.0.1:" + port) + "\n");
    const Outcome outcome = start();
    ::close(other);
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "cannot listen on 127.0.0.1:" + port + ": Address already in use");
}

// As in systemd: only the processes of exec-start.
TEST_F(SocketTest, HooksGetNoSocket) {
    configure_socket({}, "listen-stream = " + quoted(path("sock")) + "\n",
                     hooks("exec-start-pre", {played({"--given-sockets", path("given"), "--record",
                                                      path("record"), "--exit", "0"})}));
    started();
    EXPECT_EQ(read("given"), "none\n");
    EXPECT_FALSE(record("record").contains("fd.3"));
    stopped();
}

TEST_F(SocketTest, CheckKnowsTheOwners) {
    configure_socket({},
                     "listen-stream = " + quoted(path("sock")) +
                         "\nsocket-user = \"no-such-user\"\nsocket-group = \"no-such-group\"\n");
    const Outcome outcome = amphid({"check", config()});
    EXPECT_EQ(outcome.code, 6);
    expect_words(outcome.err + outcome.out, "there is no user 'no-such-user' on this host");
    expect_words(outcome.err + outcome.out, "there is no group 'no-such-group' on this host");
}

TEST_F(SocketTest, ExplainShowsThem) {
    configure_socket({}, "listen-stream = [80, \"127.0.0.1:81\"]\n");
    const Outcome outcome = amphid({"explain", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(outcome.out, "  [[socket]]\n  listen-stream = [\"80\", \"127.0.0.1:81\"]");
    expect_words(outcome.out, "  listens on        [::]:80 (stream, " + name() + ".socket)\n" +
                                  "  listens on        127.0.0.1:81 (stream, ");
}

TEST_F(SocketTest, APortAloneIsIPv4AndIPv6) {
    const std::string port = free_port();
    configure_socket({"--serve-given", "0"}, "listen-stream = " + port + "\n");
    started();
    EXPECT_EQ(ask("127.0.0.1:" + port), main_answers());
    if (std::filesystem::exists("/proc/net/if_inet6")) {
        EXPECT_EQ(ask("[::1]:" + port), main_answers());
    }
    stopped();
}

TEST_F(SocketTest, AFailedBindNamesTheAddressAndLeavesNothing) {
    const std::string port = free_port();
    const int taken = socket_at("stream", "127.0.0.1:" + port);
    configure(service("exec", {}) + "[[socket]]\nlisten-stream = [" + quoted(path("sock")) + ", " +
              quoted("127.0.0.1:" + port) + "]\nsymlinks = " + quoted(path("link")) + "\n");
    const Outcome outcome = start();
    ::close(taken);
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.err, "amphid: " + name() + ": cannot listen on 127.0.0.1:" + port +
                               ": Address already in use\n");
    EXPECT_FALSE(std::filesystem::exists(path("sock")));
    EXPECT_FALSE(std::filesystem::is_symlink(path("link")));
    EXPECT_FALSE(std::filesystem::exists(runtime("pid")));
    expect_nobody_left();
    EXPECT_EQ(start().code, 0);
    stopped();
}

TEST_F(SocketTest, ModeDirectoriesLinksAndRemovalAreAsConfigured) {
    const std::string file = path("a/b/sock");
    configure_socket({"--serve-given", "0"},
                     "listen-stream = " + quoted(file) +
                         "\nsocket-mode = \"0640\"\ndirectory-mode = \"0710\"\nsymlinks = " +
                         quoted(path("link")) + "\nremove-on-stop = true\n");
    started();
    EXPECT_EQ(mode_of(file), 0640U);
    EXPECT_EQ(mode_of(path("a")), 0710U);
    EXPECT_EQ(mode_of(path("a/b")), 0710U);
    EXPECT_EQ(ask(path("link")), main_answers());
    EXPECT_EQ(amphid({"restart", config()}).code, 0);
    EXPECT_EQ(ask(path("link")), main_answers());
    stopped();
    EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_FALSE(std::filesystem::is_symlink(path("link")));
}

TEST_F(SocketTest, AStaleSocketIsReplacedAndALivingOneIsNot) {
    configure_socket({"--serve-given", "0"}, "listen-stream = " + quoted(path("sock")) + "\n");
    const int other = socket_at("stream", path("sock"));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "cannot listen on " + path("sock") + ": Address already in use");
    EXPECT_TRUE(std::filesystem::exists(path("sock"))) << "it is the other's";
    ::close(other);
    started();
    EXPECT_EQ(ask(path("sock")), main_answers());
    stopped();
}

// systemd.socket(5): with NonBlocking=no, which is the default, the service gets blocking sockets.
TEST_F(SocketTest, TheNextInstanceGetsABlockingSocketAgain) {
    configure(service("notify", {"--given-sockets", path("given"), "--unblock", "3", "--notify"}) +
              "restart = \"always\"\nrestart-sec = 0\n[[socket]]\nlisten-stream = " +
              quoted(path("sock")) + "\n");
    started();
    const std::string expected = name() + ".socket stream " + path("sock") + "\n";
    EXPECT_EQ(read("given"), expected);
    std::filesystem::remove(path("given"));
    send_signal(main_pid(), SIGKILL);
    EXPECT_TRUE(await_field("restarts", "1"));
    EXPECT_TRUE(await_state("running"));
    EXPECT_EQ(read("given"), expected);
    stopped();
}

TEST_F(SocketTest, AnUnprivilegedServiceGetsAPrivilegedPort) {
    const passwd* const nobody = ::getpwnam("nobody");
    if (::geteuid() != 0 || nobody == nullptr)
        GTEST_SKIP() << "needs root and the user nobody";
    configure_socket({"--serve-given", "0"},
                     "listen-stream = \"127.0.0.1:917\"\n[[socket]]\nlisten-stream = " +
                         quoted(path("sock")) + "\nsocket-user = \"nobody\"\n",
                     "user = \"nobody\"\n");
    started();
    EXPECT_EQ(ask("127.0.0.1:917"), main_answers());
    struct stat st {};
    EXPECT_EQ(::stat(path("sock").c_str(), &st), 0);
    EXPECT_EQ(st.st_uid, nobody->pw_uid);
    EXPECT_EQ(st.st_gid, nobody->pw_gid);
    stopped();
}

TEST_F(SocketTest, NoConnectionIsLostWhenTheServiceDies) {
    const std::string address = "127.0.0.1:" + free_port();
    configure_socket({"--serve-given", "2"}, "listen-stream = " + quoted(address) + "\n",
                     "restart = \"always\"\nrestart-sec = 0\nstart-limit-burst = 0\n");
    started();
    const int deaths = rounds(20, 200);
    for (int i = 0; i < 2 * deaths; ++i) {
        const std::string answer = ask(address);
        EXPECT_GT(std::atoi(answer.c_str()), 0) << answer;
    }
    EXPECT_GE(std::atoi(state("restarts").c_str()), deaths - 2);
    stopped();
}

TEST_F(SocketTest, NoConnectionIsLostDuringRestarts) {
    const std::string address = "127.0.0.1:" + free_port();
    configure_socket({"--serve-given", "0"}, "listen-stream = " + quoted(address) + "\n");
    started();
    for (int i = 0, count = rounds(4, 100); i < count; ++i) {
        const pid_t launcher_before = launcher();
        Program& restart = spawn_amphid({"restart", config()});
        do {
            std::vector<int> clients;
            while (clients.size() < 8)
                clients.push_back(connected(address));
            for (const int client : clients) {
                const std::string answer = answer_on(client);
                EXPECT_GT(std::atoi(answer.c_str()), 0) << answer;
                ::close(client);
            }
        } while (is_alive(launcher_before));
        EXPECT_EQ(finish(restart).code, 0);
        EXPECT_EQ(ask(address), main_answers());
    }
    stopped();
}

// It waits in the backlog while nobody accepts.
TEST_F(SocketTest, AWaitingClientIsServedByTheNextLauncher) {
    const std::string address = path("sock");
    configure_socket({"--await", path("never")}, "listen-stream = " + quoted(address) + "\n");
    started();
    const int waiting = connected(address);
    configure_socket({"--serve-given", "0"}, "listen-stream = " + quoted(address) + "\n");
    EXPECT_EQ(amphid({"restart", config()}).code, 0);
    EXPECT_EQ(answer_on(waiting), main_answers());
    ::close(waiting);
    stopped();
}

TEST_F(SocketTest, ARestartThatCannotListenLeavesTheServiceAlone) {
    const std::string address = "127.0.0.1:" + free_port();
    configure_socket({"--serve-given", "0"}, "listen-stream = " + quoted(address) + "\n");
    started();
    const pid_t main = main_pid();
    configure_socket({"--serve-given", "0"}, "listen-stream = \"192.0.2.1:7\"\n");
    const Outcome outcome = amphid({"restart", config()});
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "cannot listen on 192.0.2.1:7: Cannot assign requested address");
    EXPECT_TRUE(is_alive(main));
    EXPECT_EQ(ask(address), std::to_string(main) + "\n");
    stopped();
}

// The adopter takes them from the main process, and gives them to the next one.
TEST_F(SocketTest, AnAdopterHasTheSockets) {
    const std::string address = "127.0.0.1:" + free_port();
    const std::string toml =
        service("exec", {"--serve-given", "0"}) +
        "restart = \"always\"\nrestart-sec = 0\n\n[[socket]]\nlisten-stream = " + quoted(address) +
        "\n[[socket]]\nfile-descriptor-name = \"pipe\"\n" +
        "listen-fifo = " + quoted(path("fifo")) + "\n";
    const pid_t main = orphaned(toml);
    expect_adopted(main);
    const int waiting = connected(address);
    EXPECT_EQ(answer_on(waiting), std::to_string(main) + "\n");
    ::close(waiting);
    send_signal(main, SIGKILL);
    EXPECT_GT(std::atoi(ask(address).c_str()), 0);
    EXPECT_TRUE(await_field("restarts", "1"));
    EXPECT_EQ(ask(address), main_answers());
    stopped();
}

// As for plain users where kernel.yama.ptrace_scope is 1, and by seccomp filters.
TEST_F(SocketTest, WithoutPidfdGetfdARestartListensAnew) {
    const Launch denied{.command = {helper_binary(), "denying", "pidfd_getfd", "1"}};
    const std::string address = path("sock");
    configure_socket({"--serve-given", "0"}, "listen-stream = [" + quoted(address) + ", " +
                                                 quoted("127.0.0.1:" + free_port()) + "]\n");
    started();
    const pid_t before = main_pid();
    const Outcome outcome = amphid({"restart", config()}, denied);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(main_pid(), before);
    EXPECT_EQ(ask(address), main_answers());
    kill_launcher();
    const pid_t main = main_pid();
    const Outcome adopted = amphid({"start", config()}, denied);
    EXPECT_EQ(adopted.code, 0) << adopted.err;
    expect_words(adopted.err, name() + ": not taken over from its main process, PID " +
                                  std::to_string(main) +
                                  ", to be opened at its next start: "
                                  "cannot listen on " +
                                  address + ": Address already in use");
    EXPECT_EQ(ask(address), std::to_string(main) + "\n");
    stopped();
}

// What the service has closed is opened at its next start; the log says so.
TEST_F(SocketTest, WhatTheServiceHasClosedIsOpenedAnew) {
    const std::string address = "127.0.0.1:" + free_port();
    const pid_t main = orphaned(
        service("exec", {"--if-exists", path("again"), "{", "--serve-given", "0", "}", "--close",
                         "3", "--append", path("closed")}) +
        "restart = \"always\"\nrestart-sec = 0\n\n[[socket]]\nlisten-stream = " + quoted(address) +
        "\n");
    EXPECT_TRUE(await_file("closed"));
    expect_adopted(main);
    write("again", "");
    const int waiting = connected(address);
    send_signal(main, SIGKILL);
    EXPECT_GT(std::atoi(answer_on(waiting).c_str()), 0);
    ::close(waiting);
    stopped();
}

// Of what systemd passes, the names decide; the rest is ours.
TEST_F(SocketTest, WhatTheManagerPassesIsNotOpenedAgain) {
    const std::string port = free_port();
    configure(
        service("notify", {"--given-sockets", path("given"), "--notify"}) +
        "[[socket]]\nfile-descriptor-name = \"more\"\nlisten-stream = " + quoted(path("sock")) +
        "\n[[socket]]\nfile-descriptor-name = \"web\"\nlisten-stream = \"192.0.2.1:7\"\n");
    Program& unit =
        spawn_amphid({"start", config()},
                     {.command = {helper_binary(), "activated", "stream", "127.0.0.1:" + port},
                      .by_systemd = true});
    EXPECT_TRUE(await_state("running"));
    EXPECT_EQ(read("given"),
              "more stream " + path("sock") + "\nweb stream 127.0.0.1 " + port + "\n")
        << "numbered as in the file";
    send_signal(unit.pid, SIGTERM);
    EXPECT_EQ(finish(unit).signal, SIGTERM) << "as the service, which does not handle it";
}

} // namespace amphid::test
