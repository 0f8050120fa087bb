// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// `listen`: each kind of socket, and each kind of evidence that it is the service's own.

#include "helper/file.h"
#include "helper/sockets.h"
#include "proc.h"
#include "readiness.h"

#include <csignal>
#include <sys/stat.h>

namespace amphid::test {

class ListenTest : public ReadinessTest {
protected:
    void SetUp() override {
        ReadinessTest::SetUp();
        ASSERT_EQ(::chmod(path("").c_str(), 01777), 0); // services of others write here, too
    }

    static bool has_ipv6() {
        const int fd = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const bool bound = fd >= 0 && bind_inet(fd, true, false, 0);
        ::close(fd);
        return bound;
    }

    /// Ready as soon as the service has a socket there, and not before.
    void expect_ready_by(const std::string& socket, const std::string& condition,
                         const std::string& keys = "") {
        ::unlink(path("go").c_str());
        configure(exec({"--await", path("go"), "--listen", socket}) + keys +
                  "[ready]\nlisten = " + quoted(condition) + "\n");
        expect_ready_after_go("listen " + condition);
    }

    /// Whatever waits there does not make the service ready; what the start says of it.
    std::string refusal(const Words& steps, const std::string& condition,
                        const std::string& keys = "", const Launch& launch = {}) {
        configure(exec(steps) + keys +
                  "timeout-start-sec = 0.5\n[ready]\nlisten = " + quoted(condition) + "\n");
        const Outcome outcome = amphid({"start", config()}, launch);
        EXPECT_EQ(outcome.code, 1) << condition;
        expect_nobody_but_strangers();
        return outcome.err;
    }

    /// A process of nobody's service that waits there.
    Program& stranger_at(const std::string& socket, Words command = {}) {
        ::unlink(path("stranger").c_str());
        for (const std::string& word :
             {helper_binary(), std::string("serve"), std::string("--listen"), socket,
              std::string("--ready-file"), path("stranger")})
            command.push_back(word);
        Program& stranger = spawn({.command = std::move(command)});
        EXPECT_TRUE(await_file("stranger"));
        return stranger;
    }

    void end(Program& stranger) {
        send_signal(stranger.pid, SIGTERM);
        finish(stranger);
    }

    /// A launcher that may not look into another user's processes.
    static Words without_ptrace() { return {"setpriv", "--bounding-set", "-sys_ptrace"}; }
    /// That, where it can make no cgroup either.
    static Words without_cgroup() {
        return {"unshare",
                "--mount",
                "--propagation",
                "private",
                "sh",
                "-c",
                "umount -R /sys/fs/cgroup; exec \"$@\"",
                "sh",
                "setpriv",
                "--bounding-set",
                "-sys_ptrace"};
    }

    /// A service of user nobody, started by a launcher that is started by `command`.
    std::string evidence(const std::string& socket, const std::string& condition, Words command) {
        configure(exec({"--listen", socket}) +
                  "user = \"nobody\"\n[ready]\nlisten = " + quoted(condition) + "\n");
        const Outcome outcome = amphid({"start", config()}, {.command = std::move(command)});
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        const std::string met = state("met");
        stopped();
        return met;
    }

private:
    void expect_nobody_but_strangers() {
        EXPECT_FALSE(is_alive(main_pid()));
        EXPECT_FALSE(is_alive(launcher()));
    }
};

TEST_F(ListenTest, Tcp) {
    const std::string port = free_port();
    expect_ready_by("tcp4:" + port, "tcp:" + port);
    expect_ready_by("tcp4:" + port, "tcp:127.0.0.1:" + port);
    expect_ready_by("tcp4:" + port, "tcp:localhost:" + port);
}

TEST_F(ListenTest, Ipv6) {
    if (!has_ipv6())
        GTEST_SKIP() << "this host has no IPv6";
    const std::string port = free_port();
    expect_ready_by("tcp6:" + port, "tcp:" + port);
    expect_ready_by("tcp6:" + port, "tcp:[::1]:" + port);
    expect_ready_by("dual:" + port, "tcp:127.0.0.1:" + port);
    expect_ready_by("udp6:" + port, "udp:[::1]:" + port);
}

TEST_F(ListenTest, Udp) {
    const std::string port = free_port();
    expect_ready_by("udp4:" + port, "udp:" + port);
    expect_ready_by("udp4:" + port, "udp:127.0.0.1:" + port);
}

TEST_F(ListenTest, Unix) {
    for (const std::string kind : {"stream:", "seqpacket:", "dgram:"}) {
        ::unlink(path("socket").c_str());
        expect_ready_by(kind + path("socket"), "unix:" + path("socket"));
        const std::string abstract = "@amphid-" + name() + kind.front();
        expect_ready_by(kind + abstract, "unix:" + abstract);
    }
}

TEST_F(ListenTest, WhatIsBoundOnlyDoesNotListen) {
    const std::string port = free_port();
    expect_words(refusal({"--listen", "bound:" + port}, "tcp:" + port),
                 "listen tcp:" + port + " (nobody listens)");
}

TEST_F(ListenTest, AnotherAddressOfThePortDoesNotCount) {
    if (!has_ipv6())
        GTEST_SKIP() << "this host has no IPv6";
    const std::string port = free_port();
    expect_words(refusal({"--listen", "tcp4:" + port}, "tcp:[::1]:" + port), "(nobody listens)");
    expect_words(refusal({"--listen", "only6:" + port}, "tcp:127.0.0.1:" + port),
                 "(nobody listens)");
}

TEST_F(ListenTest, AStrangerDoesNotCountAndIsNamed) {
    const std::string port = free_port();
    const std::string file = path("socket");
    const std::pair<std::string, std::string> places[] = {
        {"tcp4:" + port, "tcp:" + port},
        {"udp4:" + port, "udp:" + port},
        {"stream:" + file, "unix:" + file},
    };
    for (const auto& [socket, condition] : places) {
        Program& stranger = stranger_at(socket);
        expect_words(refusal({}, condition),
                     "listen " + condition + " (PID " + std::to_string(stranger.pid) +
                         " (helper) listens, which is not of this service)");
        end(stranger);
    }
}

// A plain user's launcher may not look into a process that is not dumpable, and has no cgroup.
TEST_F(ListenTest, EvidenceByTheUser) {
    if (::geteuid() == 0)
        GTEST_SKIP() << "root may look into every process";
    const std::string port = free_port();
    configure(exec({"--undumpable", "--listen", port}) + "[ready]\nlisten = \"tcp:" + port +
              "\"\n");
    started();
    expect_words(state("met"), "by the socket's user " + std::to_string(::geteuid()) +
                                   ", it was not there before the start");
    stopped();
}

class RootListenTest : public ListenTest {
protected:
    void SetUp() override {
        ListenTest::SetUp();
        if (::geteuid() != 0)
            GTEST_SKIP() << "a service of another user needs root";
    }
};

TEST_F(RootListenTest, EvidenceByDescriptors) {
    const std::string port = free_port();
    EXPECT_NE(evidence(port, "tcp:" + port, {}).find("held by PID "), std::string::npos);
}

TEST_F(RootListenTest, EvidenceByTheCgroup) {
    const std::string port = free_port();
    configure(exec({}));
    started();
    const bool has_cgroup = !state("cgroup").empty();
    stopped();
    if (!has_cgroup)
        GTEST_SKIP() << "no cgroup can be made here";
    EXPECT_NE(evidence(port, "tcp:" + port, without_ptrace()).find("by the socket's cgroup"),
              std::string::npos);
}

TEST_F(RootListenTest, EvidenceByTheUserOfTheService) {
    const std::string port = free_port();
    const std::string met = evidence(port, "tcp:" + port, without_cgroup());
    EXPECT_NE(met.find("by the socket's user 65534, it was not there before the start"),
              std::string::npos)
        << met;
    const std::string file = path("socket");
    EXPECT_NE(evidence("stream:" + file, "unix:" + file, without_cgroup()).find("by the socket's"),
              std::string::npos);
}

// Its user is the service's, but it was there before.
TEST_F(RootListenTest, AFormerSocketOfTheUserIsNoEvidence) {
    const std::string port = free_port();
    Program& stranger = stranger_at(
        "tcp4:" + port, {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    for (const Words& command : {without_ptrace(), without_cgroup()})
        expect_words(refusal({}, "tcp:" + port, "user = \"nobody\"\n", {.command = command}),
                     "a process that we cannot see listens, which is not of this service");
    end(stranger);
}

} // namespace amphid::test
