// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// standard-output and standard-error: null, inherit, file:, append:, truncate:.

#include "fixture.h"
#include "helper/file.h"

#include <csignal>
#include <filesystem>
#include <sys/stat.h>

namespace amphid::test {

class OutputTest : public ProcessTest {
protected:
    /// A service that writes one line to each stream, with these targets.
    std::string writing(const std::string& out, const std::string& err) const {
        return service("notify", {"--stdout", "out", "--stderr", "err", "--record", path("record"),
                                  "--notify"}) +
               "standard-output = " + quoted(out) + "\nstandard-error = " + quoted(err) + "\n";
    }
};

TEST_F(OutputTest, Null) {
    configure(writing("null", "null"));
    started();
    EXPECT_EQ(record("record")["fd.1"], "/dev/null");
    EXPECT_EQ(record("record")["fd.2"], "/dev/null");
    stopped();
}

TEST_F(OutputTest, AppendKeepsWhatIsThere) {
    write("out", "old\n");
    configure(writing("append:" + path("out"), "append:" + path("err")));
    started();
    EXPECT_EQ(read("out"), "old\nout\n");
    EXPECT_EQ(read("err"), "err\n");
    EXPECT_EQ(record("record")["fd.1"], path("out"));
    EXPECT_EQ(record("record")["fd-append.1"], "yes");
    stopped();
    started();
    EXPECT_EQ(read("out"), "old\nout\nout\n");
    stopped();
}

TEST_F(OutputTest, TruncateBeginsAnew) {
    write("out", "old and long\n");
    configure(writing("truncate:" + path("out"), "null"));
    started();
    EXPECT_EQ(read("out"), "out\n");
    stopped();
}

// systemd.exec(5): file: writes from the beginning and cuts nothing off.
TEST_F(OutputTest, FileWritesFromTheBeginning) {
    write("out", "0123456789\n");
    configure(writing("file:" + path("out"), "null"));
    started();
    EXPECT_EQ(read("out"), "out\n456789\n");
    stopped();
}

// systemd.exec(5): one file for both is opened once, so that no line is overwritten.
TEST_F(OutputTest, OneFileForBoth) {
    configure(writing("file:" + path("log"), "file:" + path("log")));
    started();
    EXPECT_EQ(read("log"), "out\nerr\n");
    stopped();
    configure(writing("truncate:" + path("log"), "truncate:" + path("log")));
    started();
    EXPECT_EQ(read("log"), "out\nerr\n");
    stopped();
}

TEST_F(OutputTest, NewFilesHaveAReasonableMode) {
    configure(writing("append:" + path("out"), "truncate:" + path("err")));
    started();
    for (const char* file : {"out", "err"}) {
        struct stat info {};
        ASSERT_EQ(::stat(path(file).c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0111U, 0U) << file;
        EXPECT_EQ(info.st_mode & 0022U, 0U) << file;
    }
    stopped();
}

TEST_F(OutputTest, InheritInDaemonMode) {
    configure(writing("inherit", "inherit"));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("out\n"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.err.find("err\n"), std::string::npos) << outcome.err;
    EXPECT_FALSE(outcome.pipes_closed) << "the service has them";
    stopped();
}

TEST_F(OutputTest, InheritIsTheDefaultOfTheForeground) {
    configure(service("notify",
                      {"--stdout", "out", "--stderr", "err", "--exit-on", "TERM:0", "--notify"}));
    Program& program = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    send_signal(program.pid, SIGTERM);
    const Outcome outcome = finish(program);
    EXPECT_NE(outcome.out.find("out\n"), std::string::npos);
    EXPECT_NE(outcome.err.find("err\n"), std::string::npos);
}

// P37: never by path. Our stdout may be a socket or unreadable for the service's open().
TEST_F(OutputTest, FileInTheForeground) {
    configure(writing("append:" + path("out"), "append:" + path("err")));
    Program& program = spawn_amphid({"run", config()});
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(read("out"), "out\n");
    EXPECT_EQ(read("err"), "err\n");
    EXPECT_EQ(stop().code, 0);
    finish(program);
}

// P37: journald's stdout is a socket, which nobody can open by its path.
TEST_F(OutputTest, SocketsOfAManagerAreInherited) {
    configure(service("notify", {"--stdout", "out", "--stderr", "err", "--record", path("record"),
                                 "--exit-on", "TERM:0", "--notify"}));
    Program& unit = spawn_amphid({"start", config()}, {.by_systemd = true, .on_sockets = true});
    ASSERT_TRUE(await_message("READY=1"));
    EXPECT_TRUE(record("record")["fd.1"].starts_with("socket:"));
    send_signal(unit.pid, SIGTERM);
    const Outcome outcome = finish(unit);
    EXPECT_EQ(outcome.code, 0);
    EXPECT_NE(outcome.out.find("out\n"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.err.find("err\n"), std::string::npos) << outcome.err;
}

// The new part of the file, not what an earlier run left there.
TEST_F(OutputTest, LastWordsFromAFile) {
    write("err", "an old story\n");
    configure(service("notify", {"--stderr", "the new reason", "--exit", "1"}) +
              "standard-error = \"append:" + path("err") + "\"\n");
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("    the new reason\n"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("an old story"), std::string::npos) << outcome.err;
    EXPECT_EQ(read("err"), "an old story\nthe new reason\n");
}

// More than a pipe holds: the launcher drains it for life, so that nobody blocks.
TEST_F(OutputTest, TalkativeServiceIsNeverBlocked) {
    configure(service("notify", {"--stderr-lines", "20000", "--on", "USR1", "{", "--stderr-lines",
                                 "20000", "--append", path("done"), "}", "--notify"}));
    started();
    send_signal(main_pid(), SIGUSR1);
    EXPECT_TRUE(await_lines("done", 1));
    stopped();
}

TEST_F(OutputTest, EachStartOpensItsFilesAgain) {
    configure(service("notify", {"--append", path("starts"), "--stdout", "out", "--notify"}) +
              "standard-output = \"append:" + path("out") +
              "\"\nrestart = \"always\"\nrestart-sec = 0\n");
    started();
    std::filesystem::rename(path("out"), path("out.1"));
    send_signal(main_pid(), SIGKILL);
    ASSERT_TRUE(await_lines("starts", 2));
    ASSERT_TRUE(await_lines("out", 1));
    ASSERT_TRUE(await_state("running"));
    EXPECT_EQ(read("out"), "out\n");
    EXPECT_EQ(read("out.1"), "out\n");
    stopped();
}

// A FIFO without a reader, or a terminal, must not hold up the start or become ours (P39).
TEST_F(OutputTest, FifoWithoutAReaderDoesNotHang) {
    ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0644), 0);
    configure(writing("append:" + path("fifo"), "null") + "timeout-start-sec = \"300ms\"\n");
    const Outcome outcome = start();
    EXPECT_NE(outcome.code, -1);
    stop();
}

} // namespace amphid::test
