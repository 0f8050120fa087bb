// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// [ready] dbus, with a real dbus-daemon of the test's own.

#include "fixture.h"

#include <csignal>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace amphid::test {

class BusTest : public ProcessTest {
protected:
    static constexpr const char* bus_name = "org.example.Amphid";
    static constexpr const char* bus_program = "/usr/bin/dbus-daemon";

    void SetUp() override {
        ProcessTest::SetUp();
        if (::access(bus_program, X_OK) != 0)
            GTEST_SKIP() << "this machine has no dbus-daemon";
    }

    std::string bus_path() const { return path("bus"); }

    /// The bus that root's services are on is the system bus, the user's own that of the session.
    Launch launch() const {
        const std::string variable =
            ::geteuid() == 0 ? "DBUS_SYSTEM_BUS_ADDRESS" : "DBUS_SESSION_BUS_ADDRESS";
        return {.environment = {{variable, "unix:path=" + bus_path()}}};
    }

    /// The file is there before that.
    static bool listens(const std::string& path) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int result =
            ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        ::close(fd);
        return result == 0;
    }

    Program& start_bus() {
        write("bus.conf", "<busconfig><listen>unix:path=" + bus_path() +
                              "</listen><auth>EXTERNAL</auth><policy context=\"default\">"
                              "<allow send_destination=\"*\" eavesdrop=\"true\"/>"
                              "<allow receive_sender=\"*\" eavesdrop=\"true\"/>"
                              "<allow own=\"*\"/><allow user=\"*\"/></policy></busconfig>");
        Program& bus = spawn({{bus_program, "--nofork", "--nopidfile", "--nosyslog",
                               "--config-file=" + path("bus.conf")}});
        EXPECT_TRUE(await("the bus to listen", [&] { return listens(bus_path()); }));
        return bus;
    }

    void end_bus(Program& bus, int signal = SIGTERM) {
        send_signal(bus.pid, signal);
        finish(bus);
    }

    void configure_owner(const std::string& more = "") {
        configure(service("exec", {"--await", path("go"), "--on", "USR1", "{", "--close-socket",
                                   "}", "--own-name", bus_path(), bus_name}) +
                  more + "[ready]\ndbus = \"" + bus_name + "\"\n");
    }

    /// A service that owns its name, and is ready by it.
    void start_owner(const std::string& more) {
        configure_owner(more);
        write("go", "");
        Program& command = spawn_start();
        ASSERT_EQ(finish(command).code, 0) << command.error;
    }

    Program& spawn_start() { return spawn_amphid({"start", config()}, launch()); }
};

TEST_F(BusTest, ReadyOnceTheNameIsOwned) {
    Program& bus = start_bus();
    configure_owner();
    Program& command = spawn_start();
    ASSERT_TRUE(await_field("waiting-for", std::string("dbus ") + bus_name + " (nobody owns it)"));
    EXPECT_FALSE(command.status);
    write("go", "");
    EXPECT_EQ(finish(command).code, 0) << command.error;
    EXPECT_EQ(state("state"), "running");
    EXPECT_EQ(state("met"), std::string("dbus ") + bus_name);
    stopped();
    end_bus(bus);
}

// systemd.service(5), Type=dbus: what loses its name is stopped, which is no failure.
TEST_F(BusTest, WhatLosesItsNameIsStopped) {
    Program& bus = start_bus();
    ASSERT_NO_FATAL_FAILURE(start_owner("restart = \"on-failure\"\n"));
    const pid_t main = main_pid();
    send_signal(main, SIGUSR1);
    EXPECT_TRUE(await_gone(main));
    EXPECT_TRUE(await_state("dead"));
    EXPECT_EQ(state("result"), "success");
    end_bus(bus);
}

// One that ends in good order may say first that nobody owns any name: that counts, as in systemd.
TEST_F(BusTest, ABusThatDiesTakesNoService) {
    Program& bus = start_bus();
    ASSERT_NO_FATAL_FAILURE(start_owner("standard-error = \"null\"\n"));
    end_bus(bus, SIGKILL);
    EXPECT_EQ(status().code, 0);
    EXPECT_EQ(state("state"), "running");
    stopped();
}

TEST_F(BusTest, WithoutABusTheStartSaysSo) {
    configure_owner("timeout-start-sec = \"300ms\"\n");
    Program& command = spawn_start();
    EXPECT_EQ(finish(command).code, 1);
    expect_words(command.error, std::string("dbus ") + bus_name + " (connect to " + bus_path() +
                                    ": No such file or directory)");
}

} // namespace amphid::test
