// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// As PID 1 of a PID namespace: what a container's entrypoint has to be.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid::test {

class ContainerTest : public ProcessTest {
protected:
    void SetUp() override {
        ProcessTest::SetUp();
        ASSERT_EQ(::mkdir(path("volume").c_str(), 0755), 0);
        const Outcome probe =
            run({.command = {helper_binary(), "container", path("volume"), "true"}});
        if (probe.code == 120)
            GTEST_SKIP() << "the kernel allows no PID namespace here";
    }

    /// amphid with these words as PID 1; its files are in the test's folder, as on a volume.
    Program& contained(const Words& words, const Fields& environment = {}) {
        return spawn_amphid(words, {.command = {helper_binary(), "container", path("volume")},
                                    .environment = environment});
    }

    std::string with_volume(const std::string& toml) const {
        return toml + "[launcher]\nruntime-directory = \"/run/volume\"\n";
    }

    Fields inner_state() const { return parse_fields(read("volume/state")); }

    bool await_running() {
        return await("the contained service to run",
                     [&] { return inner_state()["state"] == "running"; });
    }

    /// PID 1 of the container, as we number it.
    pid_t first_process(const Program& container) {
        const auto inside = children_of(container.pid);
        return inside.empty() ? 0 : inside.front();
    }

    Outcome end(Program& container) {
        const pid_t first = first_process(container);
        EXPECT_NE(first, 0);
        if (first != 0)
            send_signal(first, SIGTERM);
        return finish(container);
    }
};

TEST_F(ContainerTest, IsTheForegroundByItself) {
    configure(with_volume(
        service("notify", {"--record", path("record"), "--exit-on", "TERM:0", "--notify"})));
    Program& container = contained({"start", config()});
    ASSERT_TRUE(await_running());
    EXPECT_EQ(inner_state()["mode"], "foreground");
    EXPECT_EQ(inner_state()["launcher.pid"], "1");
    EXPECT_EQ(record("record")["ppid"], "1");
    EXPECT_EQ(read("volume/pid"), "1\n");
    const Outcome outcome = end(container);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_FALSE(exists(path("volume/pid")));
}

TEST_F(ContainerTest, ExplainNamesPidOne) {
    configure(service("notify", {"--notify"}));
    for (const Fields& environment :
         {Fields{}, Fields{{"SYSTEMD_EXEC_PID", "1"}, {"INVOCATION_ID", std::string(32, 'c')}}}) {
        const Outcome outcome = finish(contained({"explain", config()}, environment));
        EXPECT_EQ(outcome.code, 0) << outcome.err;
        EXPECT_NE(outcome.out.find("foreground"), std::string::npos) << outcome.out;
        EXPECT_NE(outcome.out.find("PID 1"), std::string::npos) << outcome.out;
    }
}

TEST_F(ContainerTest, ExitCodeIsTheServices) {
    configure(with_volume(service("notify", {"--notify", "--exit", "42"})));
    EXPECT_EQ(finish(contained({"run", config()})).code, 42);
}

// A PID 1 cannot die of a signal that it sends to itself.
TEST_F(ContainerTest, SignalBecomes128PlusN) {
    configure(with_volume(service("exec", {"--die", "KILL"})));
    EXPECT_EQ(finish(contained({"run", config()})).code, 128 + SIGKILL);
}

TEST_F(ContainerTest, StartFailureIsTold) {
    configure(with_volume(service("notify", {"--stderr", "no disk", "--exit", "9"})));
    const Outcome outcome = finish(contained({"start", config()}));
    EXPECT_EQ(outcome.code, 9);
    EXPECT_NE(outcome.err.find("failed to start: exited with code 9"), std::string::npos)
        << outcome.err;
}

// M12: docker stop. The kernel kills what is left when PID 1 goes, so it must wait for all.
TEST_F(ContainerTest, StopWaitsForEverybodysHandlers) {
    configure(with_volume(service("notify", {"--child-session",
                                             "{",
                                             "--on",
                                             "TERM",
                                             "{",
                                             "--append",
                                             path("handling"),
                                             "--await",
                                             path("go"),
                                             "--append",
                                             path("done"),
                                             "--exit",
                                             "0",
                                             "}",
                                             "--append",
                                             path("child"),
                                             "}",
                                             "--await",
                                             path("child"),
                                             "--exit-on",
                                             "TERM:0",
                                             "--notify"})));
    Program& container = contained({"run", config()});
    ASSERT_TRUE(await_running());
    send_signal(first_process(container), SIGTERM);
    ASSERT_TRUE(await_lines("handling", 1));
    EXPECT_FALSE(container.status);
    write("go", "");
    EXPECT_EQ(finish(container).code, 0) << container.error;
    EXPECT_EQ(lines("done").size(), 1U);
}

TEST_F(ContainerTest, ReapsEveryOrphan) {
    configure(with_volume(service("notify", {"--child-orphan", "{", "--append", path("orphan"),
                                             "--await", path("go"), "--exit", "0", "}", "--await",
                                             path("orphan"), "--exit-on", "TERM:0", "--notify"})));
    Program& container = contained({"run", config()});
    ASSERT_TRUE(await_running());
    const pid_t first = first_process(container);
    const auto inside = children_of(first);
    ASSERT_EQ(inside.size(), 2U);
    const pid_t orphan = inside.back();
    write("go", "");
    EXPECT_TRUE(await("the orphan to be reaped", [&] { return !stat_of(orphan); }));
    EXPECT_EQ(end(container).code, 0);
}

TEST_F(ContainerTest, RestartIsOurs) {
    configure(with_volume(service("exec", {"--exit-on", "TERM:0", "--append", path("starts")}) +
                          "restart = \"always\"\nrestart-sec = 0\n"));
    Program& container = contained({"run", config()});
    ASSERT_TRUE(await_lines("starts", 1));
    ASSERT_TRUE(await_running());
    for (const pid_t pid : children_of(first_process(container)))
        send_signal(pid, SIGKILL);
    ASSERT_TRUE(await_lines("starts", 2));
    ASSERT_TRUE(
        await("the restart in the state", [&] { return inner_state()["restarts"] == "1"; }));
    ASSERT_TRUE(await_running());
    EXPECT_EQ(end(container).code, 0);
}

TEST_F(ContainerTest, FirstStartThatFailsIsTriedAgain) {
    configure(with_volume(service("notify", {"--exit-first", path("tries"), "2", "7", "--exit-on",
                                             "TERM:0", "--notify"}) +
                          "restart = \"on-failure\"\nrestart-sec = 0\n"));
    Program& container = contained({"run", config()});
    ASSERT_TRUE(await_running());
    EXPECT_EQ(inner_state()["restarts"], "2");
    EXPECT_EQ(end(container).code, 0);
}

// What `podman stop` sends is the image's STOPSIGNAL; `machinectl` and others send SIGRTMIN+3.
TEST_F(ContainerTest, KillSignalStopsIt) {
    for (const int number : {SIGQUIT, SIGRTMIN + 3, SIGTERM, SIGINT}) {
        configure(with_volume(
            service("notify", {"--append", path("starts"), "--exit-on", "QUIT:0", "--notify"}) +
            "kill-signal = \"SIGQUIT\"\nrestart = \"always\"\n"
            "restart-sec = 0\n"));
        Program& container = contained({"run", config()});
        ASSERT_TRUE(await_running());
        send_signal(first_process(container), number);
        const Outcome outcome = finish(container);
        EXPECT_EQ(outcome.code, 0) << number << outcome.err;
        EXPECT_EQ(inner_state()["state"], "dead") << number;
        EXPECT_EQ(lines("starts").size(), 1U) << "started again during its stop by " << number;
        ::unlink(path("starts").c_str());
    }
}

// Everything else is the service's.
TEST_F(ContainerTest, OtherSignalsReachTheService) {
    configure(with_volume(
        service("notify", {"--log-signals", path("log"), "--exit-on", "TERM:0", "--notify"})));
    Program& container = contained({"run", config()});
    ASSERT_TRUE(await_running());
    send_signal(first_process(container), SIGQUIT);
    ASSERT_TRUE(await_lines("log", 1));
    EXPECT_EQ(read("log"), "QUIT\n");
    EXPECT_EQ(end(container).code, 0);
}

// PrivatePIDs=: PID 1 of a namespace, and systemd's all the same.
TEST_F(ContainerTest, RestartIsSystemdsIfSystemdStartedUs) {
    configure(with_volume(
        service("exec", {"--append", path("starts"), "--await", path("go"), "--exit", "3"}) +
        "restart = \"always\"\nrestart-sec = 0\n"));
    Program& container = contained({"start", config()}, {{"SYSTEMD_EXEC_PID", "1"},
                                                         {"INVOCATION_ID", std::string(32, 'c')},
                                                         {"NOTIFY_SOCKET", path("manager")}});
    ASSERT_TRUE(await_message("READY=1"));
    write("go", "");
    EXPECT_EQ(finish(container).code, 3);
    EXPECT_EQ(lines("starts").size(), 1U);
}

// P5: each start of a container has the same PIDs; the file left behind names ourselves.
TEST_F(ContainerTest, FilesOfAKilledContainerAreOld) {
    configure(with_volume(service("notify", {"--exit-on", "TERM:0", "--notify"})));
    Program& first = contained({"run", config()});
    ASSERT_TRUE(await_running());
    send_signal(first_process(first), SIGKILL);
    EXPECT_EQ(finish(first).code, 128 + SIGKILL);
    ASSERT_EQ(read("volume/pid"), "1\n");
    const std::string old = inner_state()["ready-usec"];
    Program& second = contained({"run", config()});
    ASSERT_TRUE(await("the second container to run", [&] {
        Fields now = inner_state();
        return second.status || (now["state"] == "running" && now["ready-usec"] != old);
    }));
    ASSERT_FALSE(second.status) << second.text << second.error;
    EXPECT_EQ(end(second).code, 0) << second.error;
    EXPECT_FALSE(exists(path("volume/pid")));
}

// emptyDir: PID 1 has nobody to fear in its container.
TEST_F(ContainerTest, AVolumeThatEverybodyMayWriteIsTaken) {
    ASSERT_EQ(::chmod(path("volume").c_str(), 0777), 0);
    configure(service("notify", {"--exit-on", "TERM:0", "--notify"}) +
              "[launcher]\nruntime-directory = \"/run/volume/ours\"\n");
    Program& container = contained({"run", config()});
    ASSERT_TRUE(await("the contained service to run", [&] {
        return parse_fields(read("volume/ours/state"))["state"] == "running";
    }));
    struct stat st {};
    ASSERT_EQ(::stat(path("volume/ours").c_str(), &st), 0);
    EXPECT_EQ(st.st_mode & 0777, 0700U);
    EXPECT_EQ(end(container).code, 0);
}

} // namespace amphid::test
