// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// Whose message it is, and what a service says of its own failure.

#include "adopt.h"
#include "helper/file.h"
#include "helper/notify.h"
#include "proc.h"

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sys/utsname.h>
#include <unistd.h>

namespace amphid::test {

class SenderTest : public AdoptTest {
protected:
    std::string socket_of_service() const { return environment_of(main_pid())["NOTIFY_SOCKET"]; }

    /// A process that says READY=1 and is gone; its number, which is free again.
    pid_t ready_by_a_stranger() {
        Program& stranger = spawn({{helper_binary(), "send", socket_of_service(), "READY=1"}});
        EXPECT_EQ(finish(stranger).code, 0);
        return stranger.pid;
    }

    /// Lets the service have a child of that number; false where another process was faster.
    bool give_number_to_a_child(pid_t number) {
        const std::size_t before = lines("kids").size();
        std::ofstream("/proc/sys/kernel/ns_last_pid") << number - 1;
        send_signal(main_pid(), SIGUSR1);
        return await_lines("kids", before + 1) && lines("kids").back() == std::to_string(number);
    }

    void halt(pid_t pid) {
        send_signal(pid, SIGSTOP);
        ASSERT_TRUE(await("the launcher to halt", [&] { return stat_of(pid)->state == 'T'; }));
    }
};

TEST_F(SenderTest, ErrorsOfTheMainProcessAreKept) {
    configure(service("notify", {"--send", "ERRNO=98\\nBUSERROR=org.example.Bad", "--notify"}));
    started();
    EXPECT_EQ(state("status-errno"), "98");
    EXPECT_EQ(state("status-bus-error"), "org.example.Bad");
    expect_words(status().out, "98 (Address already in use)");
    kill_launcher();
    EXPECT_EQ(start().code, 0);
    EXPECT_EQ(state("status-errno"), "98") << "whoever takes it over still knows";
    EXPECT_EQ(state("status-bus-error"), "org.example.Bad");
    stopped();
}

TEST_F(SenderTest, ErrorsOfItsToolsAreNot) {
    configure(
        service("notify", {"--child", "{", "--send", "ERRNO=22\\nBUSERROR=x", "--notify", "}"}) +
        "notify-access = \"all\"\n");
    started();
    EXPECT_EQ(state("status-errno"), "0");
    EXPECT_EQ(state("status-bus-error"), "");
    stopped();
}

TEST_F(SenderTest, AnErrorThatIsNoneIsPassedOver) {
    configure(service("notify", {"--send", "ERRNO=5", "--send", "ERRNO=-1", "--send", "ERRNO=4096",
                                 "--send", "ERRNO=x", "--notify"}));
    started();
    EXPECT_EQ(state("status-errno"), "5");
    stopped();
}

TEST_F(SenderTest, AFailedStartTellsWhatTheServiceSaid) {
    configure(service("notify", {"--send", "STATUS=cannot bind\\nERRNO=98", "--exit", "1"}));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "said: cannot bind, 98 (Address already in use)");
}

TEST_F(SenderTest, StrangersAreNamedOnce) {
    configure(service("notify", {"--on", "USR2", "{", "--status", "marker", "}", "--exit-on",
                                 "TERM:0", "--notify"}));
    Program& command = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    const std::string first = std::to_string(ready_by_a_stranger());
    for (int more = 0; more < 3; ++more)
        ready_by_a_stranger();
    send_signal(main_pid(), SIGUSR2);
    ASSERT_TRUE(await_field("status-text", "marker"));
    send_signal(command.pid, SIGTERM);
    const std::string said = finish(command).err;
    const std::string refusal = "notification from PID ";
    const std::size_t at = said.find(refusal + first + " was ignored: notify-access is 'main'");
    ASSERT_NE(at, std::string::npos) << said;
    EXPECT_EQ(said.find(refusal, at + 1), std::string::npos) << said;
}

// The sender is gone, and its number is a child's of the service by the time we look.
TEST_F(SenderTest, ANumberThatChangedHandsIsNoMember) {
    utsname kernel{};
    ::uname(&kernel);
    int major = 0;
    int minor = 0;
    std::sscanf(kernel.release, "%d.%d", &major, &minor);
    if (::geteuid() != 0 || major * 100 + minor < 605)
        GTEST_SKIP() << "choosing a PID needs root, and telling a reused one Linux 6.5";
    configure(service("notify",
                      {"--on", "USR1", "{", "--child", "{", "--append", path("kids"), "}", "}",
                       "--on", "USR2", "{", "--status", "marker", "}", "--append", path("runs")}) +
              "notify-access = \"all\"\n");
    Program& command = spawn_amphid({"start", config()});
    ASSERT_TRUE(await_lines("runs", 1));
    const pid_t halted = launcher();
    halt(halted);
    bool taken = false;
    // Another fork in this PID namespace may come between; the socket holds ten messages.
    constexpr int most_tries = 8;
    for (int i = 0; i < most_tries && !taken && !HasFailure(); ++i)
        taken = give_number_to_a_child(ready_by_a_stranger());
    send_signal(main_pid(), SIGUSR2);
    send_signal(halted, SIGCONT);
    EXPECT_TRUE(taken);
    ASSERT_TRUE(await_field("status-text", "marker"));
    EXPECT_EQ(state("state"), "start");
    EXPECT_EQ(stop().code, 0);
    EXPECT_EQ(finish(command).code, 1);
}

// Below a path that is too long for a socket, the service's is an abstract one.
TEST_F(SenderTest, AnAbstractSocketIsTheAdoptersToo) {
    const std::string place = path(std::string(100, 'd'));
    configure(service("notify", {"--on", "USR2", "{", "--status", "marker", "}", "--notify"}) +
              "[launcher]\nruntime-directory = " + quoted(place) + "\n");
    const auto fields = [&] { return parse_fields(read_file(place + "/state").value_or("")); };
    ASSERT_EQ(start().code, 0);
    const std::string before = fields()["notify-address"];
    EXPECT_EQ(before.front(), '@');
    const pid_t killed = std::atoi(fields()["launcher.pid"].c_str());
    send_signal(killed, SIGKILL);
    ASSERT_TRUE(await_gone(killed));
    ASSERT_EQ(start().code, 0);
    EXPECT_EQ(fields()["notify-address"], before);
    send_signal(std::atoi(fields()["main.pid"].c_str()), SIGUSR2);
    EXPECT_TRUE(
        await("the service to be heard", [&] { return fields()["status-text"] == "marker"; }));
    EXPECT_EQ(stop().code, 0);
}

} // namespace amphid::test
