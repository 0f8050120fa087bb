// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// P63, P64: nothing in the launcher waits for a reader, and nobody who writes without pause makes
// it deaf: stop, restart, timeouts and reaping keep their time.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace amphid::test {

class UnreadTest : public ProcessTest {
protected:
    static std::string forever(const std::string& what) {
        return "[service]\nexec-start = [\"/bin/sh\", \"-c\", " + quoted(what) +
               "]\ntimeout-stop-sec = 60\n";
    }

    /// A socket that nobody reads from, or takes connections at.
    static int unread_socket(const std::string& file, int type) {
        const int fd = ::socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        file.copy(address.sun_path, sizeof address.sun_path - 1);
        EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        EXPECT_TRUE(type == SOCK_DGRAM || ::listen(fd, 0) == 0);
        return fd;
    }

    /// Starts it where /dev/log is that socket.
    Launch with_dev_log(const std::string& socket) const {
        const std::string script = R"(
            dev=$(mktemp -d) && mount -t tmpfs none "$dev" &&
            for one in null zero random urandom tty; do
                : >"$dev/$one" && mount --bind "/dev/$one" "$dev/$one" || exit 100; done &&
            ln -s "$1" "$dev/log" && mount --rbind "$dev" /dev && rmdir "$dev" 2>/dev/null
            shift; exec "$@")";
        return {.command = {"unshare", "--mount", "--propagation", "private", "sh", "-c", script,
                            "-", socket}};
    }

    /// A full pipe as the launcher's standard error, that nobody reads.
    Launch with_full_stderr() {
        EXPECT_EQ(::mkfifo(path("stderr").c_str(), 0600), 0);
        full_ = ::open(path("stderr").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
        const std::string text(4096, 'x');
        while (::write(full_, text.data(), text.size()) > 0) {
        }
        return {.command = {"sh", "-c", "exec \"$@\" 2>" + path("stderr"), "-"}};
    }

    void TearDown() override {
        ProcessTest::TearDown();
        for (const int fd : {full_, socket_})
            if (fd >= 0)
                ::close(fd);
    }

    int full_ = -1;
    int socket_ = -1;
};

TEST_F(UnreadTest, AServiceThatFloodsItsErrorsIsStopped) {
    configure(forever("exec yes >&2"));
    started();
    stopped();
}

TEST_F(UnreadTest, AServiceThatFloodsSyslogIsStopped) {
    configure(forever("exec yes >&2") + "standard-error = \"syslog\"\n");
    started();
    stopped();
}

TEST_F(UnreadTest, AStartKeepsItsTimeoutWhateverIsPrinted) {
    configure(forever("exec yes") + "timeout-start-sec = 1\n[ready]\nlog = \"never printed\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    expect_words(outcome.err, "timeout");
}

TEST_F(UnreadTest, AServiceThatFloodsItsNotifySocketIsStopped) {
    configure(service("notify", {"--notify", "--flood", "STATUS=busy"}) +
              "timeout-stop-sec = 60\n");
    started();
    stopped();
}

TEST_F(UnreadTest, AFullStandardErrorKeepsNobodyWaiting) {
    configure(service("notify", {"--append", path("runs"), "--notify"}) +
              "restart = \"always\"\nrestart-sec = 0\n");
    Program& program = spawn_amphid({"run", config()}, with_full_stderr());
    ASSERT_TRUE(await_state("running"));
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("runs", 2));
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(stop().code, 0);
    finish(program);
    EXPECT_EQ(state("state"), "dead");
}

TEST_F(UnreadTest, AnUnreadDevLogKeepsNobodyWaiting) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "only root has a /dev of its own";
    socket_ = unread_socket(path("log"), SOCK_DGRAM);
    configure(service("notify", {"--append", path("runs"), "--stderr", "hello", "--notify"}) +
              "restart = \"always\"\nrestart-sec = 0\nstandard-error = \"syslog\"\n"
              "start-limit-burst = 0\n");
    const Launch there = with_dev_log(path("log"));
    const Outcome outcome = amphid({"start", config()}, there);
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    for (std::size_t run = 1; run < 40; ++run) { // more than the socket's queue holds
        const pid_t before = main_pid();
        send_signal(before, SIGKILL);
        ASSERT_TRUE(await("another main process", [&] { return runs_anew(before); }));
    }
    stopped();
}

TEST_F(UnreadTest, AJournaldThatTakesNobodyKeepsNobodyWaiting) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "only root has a /run of its own";
    const std::string place = "/run/systemd/journal";
    std::filesystem::create_directories(place);
    socket_ = unread_socket(place + "/stdout", SOCK_STREAM);
    configure(service("notify", {"--append", path("runs"), "--stderr", "hello", "--notify"}) +
              "restart = \"always\"\nrestart-sec = 0\nstart-limit-burst = 0\n");
    started();
    for (std::size_t run = 1; run < 10; ++run) { // more than its backlog
        const pid_t before = main_pid();
        send_signal(before, SIGKILL);
        ASSERT_TRUE(await("another main process", [&] { return runs_anew(before); }));
    }
    stopped();
    std::filesystem::remove_all("/run/systemd");
}

// A live launcher is not a live service.
TEST_F(UnreadTest, StatusDoesNotCallADeadServiceRunning) {
    configure(service("notify", {"--notify"}));
    started();
    const pid_t main = main_pid();
    const pid_t pid = launcher();
    send_signal(pid, SIGSTOP);
    send_signal(main, SIGKILL);
    ASSERT_TRUE(await("the main process to end", [&] {
        const auto stat = stat_of(main);
        return !stat || stat->state == 'Z';
    }));
    EXPECT_NE(status().code, 0);
    send_signal(pid, SIGCONT);
    ASSERT_TRUE(await_gone(pid));
}

} // namespace amphid::test
