// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// [ready] and [health] listen where we may not look at the descriptors of the service: what speaks
// for it then, and what does not.

#include "fixture.h"
#include "helper/file.h"
#include "ports.h"

#include <csignal>
#include <cstdint>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class EvidenceTest : public ProcessTest {
protected:
    void TearDown() override {
        ProcessTest::TearDown();
        if (!other_cgroup_.empty())
            ::rmdir(other_cgroup_.c_str());
    }

    static bool is_root() { return ::getuid() == 0; }

    /// A service whose descriptors are hidden from its launcher: another user's where we are root
    /// (who then lacks CAP_SYS_PTRACE, as in a container), else one that is not dumpable.
    static std::string hidden(Words steps, const std::string& more,
                              const std::string& type = "exec") {
        steps.insert(steps.begin(), "--undumpable");
        return service(type, steps) + (is_root() ? "user = \"nobody\"\n" : "") + more;
    }

    static std::string listen(const std::string& place) {
        return "[ready]\nlisten = " + quoted(place) + "\n";
    }

    static std::string listens(const std::string& place, const std::string& why) {
        return "listen " + place + " (" + why + ")";
    }

    static uid_t user() { return is_root() ? ::getpwnam("nobody")->pw_uid : ::getuid(); }

    static std::string by_user() {
        return "by the socket's UID " + std::to_string(user()) +
               ", it did not exist before the start";
    }

    /// As in a container without privileges: no right to look into other users' processes, and
    /// without `cgroups` no place for a cgroup of ours.
    static Launch unprivileged(bool cgroups) {
        if (!is_root())
            return {};
        const std::string hide = cgroups ? "" : "mount -t tmpfs tmpfs /sys/fs/cgroup && ";
        return {.command = {"unshare", "--mount", "/bin/sh", "-c",
                            hide + "exec setpriv --bounding-set=-sys_ptrace "
                                   "--inh-caps=-sys_ptrace \"$@\"",
                            "sh"}};
    }

    Program& start_unprivileged(bool cgroups) {
        return spawn_amphid({"start", config()}, unprivileged(cgroups));
    }

    /// The same user's as the service, from before or after its start.
    Program& spawn_stranger(const Words& steps, const std::string& cgroup = "") {
        Words command;
        if (!cgroup.empty())
            command = {"/bin/sh", "-c", "echo $$ >" + cgroup + "/cgroup.procs && exec \"$@\"",
                       "sh"};
        if (is_root())
            command.insert(command.end(), {"setpriv", "--reuid=nobody", "--clear-groups"});
        command.insert(command.end(), {helper_binary(), "serve"});
        command.insert(command.end(), steps.begin(), steps.end());
        return spawn({.command = command});
    }

    /// Beside the service's own; empty where the hierarchy is not ours.
    std::string make_other_cgroup() {
        const std::string own = state("cgroup");
        if (own.empty())
            return {};
        other_cgroup_ = own + "-other";
        return ::mkdir(other_cgroup_.c_str(), 0755) == 0 ? other_cgroup_ : std::string();
    }

    bool await_listener(const std::string& port) {
        return await("somebody to listen on " + port, [&] {
            const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
            sockaddr_in at{};
            at.sin_family = AF_INET;
            at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            at.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port.c_str())));
            const bool there = ::connect(fd, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
            ::close(fd);
            return there;
        });
    }

    /// A stranger's words, as far as we see who it is.
    static std::string stranger_message(const Program& stranger) {
        return (is_root() ? "an unidentified process"
                          : "PID " + std::to_string(stranger.pid) + " (helper)") +
               " listens, which does not belong to this service";
    }

    void end(Program& program) {
        send_signal(program.pid, SIGTERM);
        finish(program);
    }

    void end_waiting(Program& command) {
        EXPECT_EQ(stop().code, 0);
        EXPECT_EQ(finish(command).code, 1);
    }

private:
    std::string other_cgroup_;
};

TEST_F(EvidenceTest, TheSocketsCgroupAlone) {
    const std::string port = free_port();
    configure(hidden({"--listen", port}, listen("tcp:" + port)));
    Program& command = start_unprivileged(true);
    EXPECT_EQ(finish(command).code, 0) << command.error;
    const bool has_cgroup = !state("cgroup").empty();
    const std::string met = state("met");
    stopped();
    if (!has_cgroup)
        GTEST_SKIP() << "no cgroup of our own to be had here";
    EXPECT_EQ(met, listens("tcp:" + port, "by the socket's cgroup"));
}

TEST_F(EvidenceTest, TheSocketsUserAlone) {
    const std::string port = free_port();
    configure(hidden({"--listen", port}, listen("tcp:" + port)));
    Program& command = start_unprivileged(false);
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(state("met"), listens("tcp:" + port, by_user()));
    stopped();
}

// The kernel tells no cgroup of these.
TEST_F(EvidenceTest, TheUserOfAUnixSocket) {
    const std::string place = "@amphid-" + name();
    configure(hidden({"--socket", "stream", place}, listen("unix:" + place)));
    Program& command = start_unprivileged(true);
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(state("met"), listens("unix:" + place, by_user()));
    stopped();
}

TEST_F(EvidenceTest, DescriptorsThatAreSeenComeFirst) {
    const std::string port = free_port();
    configure(service("exec", {"--listen", port}) + listen("tcp:" + port));
    started();
    EXPECT_EQ(state("met"), listens("tcp:" + port, "held by PID " + std::to_string(main_pid())));
    stopped();
}

TEST_F(EvidenceTest, AStrangerOfTheSameUserFromBeforeTheStartDoesNotCount) {
    const std::string port = free_port();
    Program& stranger = spawn_stranger({"--listen", port});
    ASSERT_TRUE(await_listener(port));
    configure(hidden({}, listen("tcp:" + port)));
    Program& command = start_unprivileged(false);
    ASSERT_TRUE(await_field("waiting-for", listens("tcp:" + port, stranger_message(stranger))));
    end_waiting(command);
    end(stranger);
}

TEST_F(EvidenceTest, AfterTheStrangerTheServiceCounts) {
    const std::string port = free_port();
    Program& stranger = spawn_stranger({"--listen", port});
    ASSERT_TRUE(await_listener(port));
    configure(hidden({"--on", "USR1", "{", "--listen", port, "}"}, listen("tcp:" + port)));
    Program& command = start_unprivileged(false);
    ASSERT_TRUE(await_field("waiting-for", listens("tcp:" + port, stranger_message(stranger))));
    end(stranger);
    ASSERT_TRUE(await_field("waiting-for", listens("tcp:" + port, "nothing listens")));
    send_signal(main_pid(), SIGUSR1);
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(state("met"), listens("tcp:" + port, by_user()));
    stopped();
}

// New, and of the service's user: but the kernel knows its cgroup.
TEST_F(EvidenceTest, AStrangerOfTheSameUserInAnotherCgroupDoesNotCount) {
    if (!is_root())
        GTEST_SKIP() << "making cgroups needs root";
    const std::string port = free_port();
    configure(hidden({}, listen("tcp:" + port)));
    Program& command = start_unprivileged(true);
    ASSERT_TRUE(await_field("waiting-for", listens("tcp:" + port, "nothing listens")));
    const std::string cgroup = make_other_cgroup();
    if (cgroup.empty()) {
        end_waiting(command);
        GTEST_SKIP() << "no cgroup of our own to be had here";
    }
    Program& stranger = spawn_stranger({"--listen", port}, cgroup);
    EXPECT_TRUE(await_field("waiting-for", listens("tcp:" + port, stranger_message(stranger))));
    end_waiting(command);
    end(stranger);
}

// What the last run left is in our cgroup and in our eyes, and of no use to the next one.
TEST_F(EvidenceTest, ALeftoverOfTheLastRunDoesNotCount) {
    const std::string port = free_port();
    configure(
        service(
            "exec",
            {"--if-exists",    path("again"), "{",        "--await", path("never"),  "}",
             "--child-orphan", "{",           "--ignore", "TERM",    "--ready-file", path("left"),
             "--listen",       port,          "}",        "--await", path("go"),     "--ready-file",
             path("again"),    "--exit",      "1"}) +
        "kill-mode = \"process\"\nrestart = \"on-failure\"\nrestart-sec = 0\n" +
        listen("tcp:" + port));
    started();
    const pid_t left = std::atoi(read("left").c_str());
    write("go", "");
    ASSERT_TRUE(await_field(
        "waiting-for",
        listens("tcp:" + port, "PID " + std::to_string(left) +
                                   " (helper) listens, which does not belong to this service")));
    EXPECT_EQ(stop().code, 0);
    send_signal(left, SIGKILL);
    ASSERT_TRUE(await_gone(left));
}

TEST_F(EvidenceTest, ASocketThatWasGivenIsKnownWithoutALook) {
    const std::string port = free_port();
    configure(hidden({"--notify"}, listen("tcp:" + port), "notify")); // then it is hidden
    Launch launch = unprivileged(false);
    launch.command.insert(launch.command.end(),
                          {helper_binary(), "activated", "stream", "127.0.0.1:" + port});
    launch.by_systemd = true;
    Program& command = spawn_amphid({"start", config()}, launch);
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_EQ(state("met"), listens("tcp:" + port, "passed to it at its start"));
    end(command);
}

// The socket was there when the service got ready, but not before it was started.
TEST_F(EvidenceTest, HealthKnowsTheSocketOfAHiddenService) {
    for (const bool cgroups : {true, false}) {
        const std::string port = free_port();
        configure(hidden({"--listen", port}, listen("tcp:" + port)) + "[health]\nlisten = " +
                  quoted("tcp:" + port) + "\ninterval-sec = 0.02\nfailures = 1\n");
        Launch launch = unprivileged(cgroups);
        launch.by_systemd = true;
        launch.environment = {{"WATCHDOG_USEC", "30000000"}};
        const std::size_t before = count_messages("WATCHDOG=1");
        Program& command = spawn_amphid({"start", config()}, launch);
        ASSERT_TRUE(await("two signs of life", [&] {
            return count_messages("WATCHDOG=1") >= before + 2;
        })) << command.error;
        EXPECT_EQ(count_messages("WATCHDOG=trigger"), 0U);
        end(command);
    }
}

} // namespace amphid::test
