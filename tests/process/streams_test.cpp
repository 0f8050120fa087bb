// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// standard-input, and the streams that are no files: journald's and a terminal's.

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

/// Plays journald: takes streams where it would, and keeps what each of them says.
class JournalTest : public ProcessTest {
protected:
    static constexpr const char* directory = "/run/systemd/journal";

    void SetUp() override {
        ProcessTest::SetUp();
        if (::geteuid() != 0 || std::filesystem::exists("/run/systemd"))
            GTEST_SKIP() << "needs root and a /run of its own";
        std::filesystem::create_directories(directory);
        server_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        (std::string(directory) + "/stdout").copy(address.sun_path, sizeof address.sun_path - 1);
        ASSERT_EQ(::bind(server_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        ASSERT_EQ(::listen(server_, 16), 0);
    }

    void TearDown() override {
        if (server_ >= 0) {
            ::close(server_);
            std::filesystem::remove_all("/run/systemd");
        }
        ProcessTest::TearDown();
    }

    /// All that the next stream says until nobody holds it any more.
    std::string next_stream() {
        const int stream = ::accept4(server_, nullptr, nullptr, SOCK_CLOEXEC);
        std::string said;
        char buffer[4096];
        for (ssize_t n = ::read(stream, buffer, sizeof buffer); n > 0;
             n = ::read(stream, buffer, sizeof buffer))
            said.append(buffer, static_cast<std::size_t>(n));
        ::close(stream);
        return said;
    }

    static std::string header(const std::string& identifier) {
        return identifier + "\n\n6\n1\n0\n0\n0\n";
    }

private:
    int server_ = -1;
};

TEST_F(JournalTest, AStreamOfTheServiceItself) {
    configure(service("notify", {"--stdout", "a line", "--stderr", "an error", "--record",
                                 path("record"), "--notify"}) +
              "standard-output = \"journal\"\nstandard-error = \"inherit\"\n");
    started();
    Fields found = record("record");
    EXPECT_TRUE(found["fd.1"].starts_with("socket:[")) << found["fd.1"];
    EXPECT_EQ(found["fd.1"], found["fd.2"]);
    struct stat st {};
    const std::string fd = "/proc/" + std::to_string(main_pid()) + "/fd/1";
    ASSERT_EQ(::stat(fd.c_str(), &st), 0);
    EXPECT_EQ(found["env.JOURNAL_STREAM"],
              std::to_string(st.st_dev) + ":" + std::to_string(st.st_ino));
    stopped();
    EXPECT_EQ(next_stream(), header("helper") + "a line\nan error\n");
}

TEST_F(JournalTest, IdentifierOfTheFile) {
    configure(service("notify", {"--stdout", "a line", "--notify"}) +
              "standard-output = \"journal\"\nsyslog-identifier = \"web\"\n"
              "standard-error = \"null\"\n");
    started();
    stopped();
    EXPECT_EQ(next_stream(), header("web") + "a line\n");
}

// The default of a daemon where journald runs; its errors are kept as last words, too.
TEST_F(JournalTest, DefaultOfADaemonAndItsLastWords) {
    configure(service("notify", {"--stdout", "a line", "--stderr", "the reason", "--exit", "3"}));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("    the reason\n"), std::string::npos) << outcome.err;
    EXPECT_EQ(next_stream(), header("helper") + "a line\n");
    EXPECT_EQ(next_stream(), header("helper") + "the reason\n");
}

// What a service says in its last moment is not lost.
TEST_F(JournalTest, LastLineOfAStop) {
    configure(service("notify",
                      {"--on", "TERM", "{", "--stderr", "bye", "--exit", "0", "}", "--notify"}));
    started();
    stopped();
    EXPECT_EQ(next_stream(), header("helper"));
    EXPECT_EQ(next_stream(), header("helper") + "bye\n");
}

TEST_F(JournalTest, ForegroundKeepsWhatItHas) {
    configure(service("notify", {"--stdout", "a line", "--exit-on", "TERM:0", "--notify"}));
    Program& program = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    send_signal(program.pid, SIGTERM);
    EXPECT_NE(finish(program).out.find("a line\n"), std::string::npos);
}

class StreamsTest : public ProcessTest {};

TEST_F(StreamsTest, InputIsNullByDefault) {
    configure(service("notify", {"--record", path("record"), "--notify"}));
    started();
    EXPECT_EQ(record("record")["fd.0"], "/dev/null");
    EXPECT_EQ(record("record")["fd-access.0"], "r");
    stopped();
}

// design.md, Output: in the foreground standard input is the launcher's, but not a hook's.
TEST_F(StreamsTest, InputIsInheritedInTheForeground) {
    write("in", "text\n");
    configure(service("notify", {"--record", path("record"), "--notify"}) +
              hooks("exec-start-post", {played({"--record", path("hook"), "--exit", "0"})}));
    const Words with_input{"/bin/sh", "-c", "exec \"$@\" <" + path("in"), "sh"};
    Program& run = spawn_amphid({"run", config()}, {.command = with_input});
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(record("record")["fd.0"], path("in"));
    EXPECT_EQ(record("hook")["fd.0"], "/dev/null");
    send_signal(run.pid, SIGTERM);
    finish(run);
}

// systemd's default stays under systemd, and in a daemon there is none to have.
TEST_F(StreamsTest, InputIsNullUnderSystemd) {
    write("in", "text\n");
    configure(service("notify", {"--record", path("record"), "--notify"}));
    const Words with_input{"/bin/sh", "-c", "exec \"$@\" <" + path("in"), "sh"};
    Program& unit = spawn_amphid({"start", config()}, {.command = with_input, .by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_EQ(record("record")["fd.0"], "/dev/null");
    send_signal(unit.pid, SIGTERM);
    finish(unit);
}

// It could read what is typed for root.
TEST_F(StreamsTest, OurTerminalIsNoInputOfAnotherUser) {
    if (::getuid() != 0)
        GTEST_SKIP() << "only root can be somebody else";
    ASSERT_EQ(::chmod(path("").c_str(), 01777), 0); // sticky: the configuration is trusted
    configure(service("notify", {"--record", path("record"), "--notify"}) + "user = \"65534\"\n");
    Program& run = spawn_amphid({"run", config()}, {.on_terminal = true});
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(record("record")["fd.0"], "/dev/null");
    send_signal(run.pid, SIGTERM);
    finish(run);
}

TEST_F(StreamsTest, InputFromAFile) {
    write("in", "text\n");
    configure(service("notify", {"--record", path("record"), "--notify"}) +
              "standard-input = " + quoted("file:" + path("in")) + "\n");
    started();
    EXPECT_EQ(record("record")["fd.0"], path("in"));
    EXPECT_EQ(record("record")["fd-access.0"], "r");
    stopped();
}

TEST_F(StreamsTest, MissingInputFailsTheStart) {
    configure(service("notify", {"--notify"}) +
              "standard-input = " + quoted("file:" + path("none")) + "\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("STDIN " + path("none") + ": No such file"), std::string::npos)
        << outcome.err;
}

// systemd.exec(5), StandardInput=tty: it becomes the service's controlling terminal.
TEST_F(StreamsTest, Terminal) {
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    ASSERT_EQ(::unlockpt(master), 0);
    char name[64];
    ASSERT_EQ(::ptsname_r(master, name, sizeof name), 0);
    for (const std::string kind : {"tty", "tty-force", "tty-fail"}) {
        configure(service("notify", {"--record", path("record"), "--stdout", "hello", "--notify"}) +
                  "standard-input = \"" + kind + "\"\nstandard-output = \"tty\"\ntty-path = \"" +
                  name + "\"\n");
        started();
        Fields found = record("record");
        EXPECT_EQ(found["fd.0"], name) << kind;
        EXPECT_EQ(found["fd.1"], name) << kind;
        EXPECT_EQ(found["tty.before"], "yes") << kind;
        EXPECT_EQ(found["sid"], found["pid"]) << kind;
        EXPECT_EQ(found["env.TERM"], "vt220") << kind;
        char said[64] = {};
        EXPECT_GT(::read(master, said, sizeof said - 1), 0);
        EXPECT_STREQ(said, "hello\r\n");
        stopped();
    }
    ::close(master);
}

} // namespace amphid::test
