// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// [log]: compress, prefix, owner, a file of two services, logrotate's way; and the log of a service
// that has no [log].

#include "logging.h"
#include "soak.h"

#include <regex>
#include <sstream>
#include <sys/mount.h>
#include <sys/stat.h>

namespace amphid::test {

namespace {

bool is_compressed(const std::string& name) {
    return name.ends_with(".gz");
}

} // namespace

class LogKeysTest : public LogTest {
protected:
    bool await_compressed() {
        return await("every older file is compressed", [this] {
            const auto names = older();
            return std::all_of(names.begin(), names.end(), is_compressed);
        });
    }
    /// Where a daemon's output goes without a [log].
    std::string default_log() const {
        return (::geteuid() == 0 ? "/var/log" : path(".local/state")) + "/amphid/" + name() +
               ".log";
    }
    bool await_default_log(const std::string& text) {
        return await(default_log() + " has the line " + text,
                     [&] { return read_file(default_log()).value_or("").ends_with(text + "\n"); });
    }
};

TEST_F(LogKeysTest, CompressedFilesHaveEveryLine) {
    configure(logging("seq 100000; exec sleep 1000") +
              "max-size = \"64K\"\nkeep = 1000\ncompress = \"gzip\"\n");
    started();
    ASSERT_TRUE(await_log_end("100000"));
    ASSERT_TRUE(await_compressed());
    EXPECT_GT(older().size(), 5U);
    expect_counted(100'000);
    stopped();
}

// Killed while a compressor is at work, started again, and so on.
TEST_F(LogKeysTest, AKilledLauncherLosesAndDoublesNothingOfWhatItCompresses) {
    const int kills = rounds(4, 100);
    const int last = kills * 100'000;
    count_under_kills(kills, last, "max-size = \"256K\"\nkeep = 100000\ncompress = \"gzip\"\n");
    ASSERT_TRUE(await_compressed());
    expect_counted(last);
    stopped();
    for (const std::string& name : older())
        EXPECT_TRUE(is_compressed(name)) << name;
}

TEST_F(LogKeysTest, AStopDoesNotWaitForTheCompressor) {
    configure(logging("head -c 1000000 /dev/urandom; echo; echo end; exec sleep 1000") +
              "max-size = \"700K\"\ncompress = \"gzip\"\n");
    started();
    ASSERT_TRUE(await_log_end("end"));
    stopped();
    await("the compressor is gone", [] { return descendants_of(::getpid()).empty(); });
    for (const std::string& name : older())
        EXPECT_FALSE(name.ends_with(".tmp")) << name;
    started(); // and what is left is made up for
    ASSERT_TRUE(await_compressed());
    stopped();
}

TEST_F(LogKeysTest, PrefixesTellTheStreamsApartAndKeepTheLinesWhole) {
    configure(logging("printf 'one '; echo two >&2; echo three; echo four >&2; exec sleep 1000") +
              "prefix = true\n");
    started();
    const auto shown = [this] { return lines("log"); };
    ASSERT_TRUE(await("three lines are there", [&] { return shown().size() >= 3; }));
    auto found = shown();
    std::sort(found.begin(), found.end());
    EXPECT_EQ(found,
              (std::vector<std::string>{"stderr: four", "stderr: two", "stdout: one three"}));
    stopped();
}

TEST_F(LogKeysTest, ThePipesOfBothStreamsAreAdopted) {
    configure(
        logging("trap 'echo out; echo err >&2' USR1; echo begins; while :; do sleep 0.01; done") +
        "prefix = true\n");
    started();
    ASSERT_TRUE(await_log_end("stdout: begins"));
    const pid_t main = main_pid();
    kill_launcher();
    send_signal(main, SIGUSR1);
    expect_adopted(main);
    ASSERT_TRUE(await("both lines are there", [&] {
        const std::string log = read("log");
        return log.find(" out\n") != std::string::npos && log.find(" err\n") != std::string::npos;
    }));
    auto found = lines("log");
    std::sort(found.begin(), found.end());
    // A line that was being written as the launcher was killed may be there twice (docs/logs.md).
    found.erase(std::unique(found.begin(), found.end()), found.end());
    EXPECT_EQ(found, (std::vector<std::string>{"stderr: err", "stdout: begins", "stdout: out"}));
    stopped();
}

TEST_F(LogKeysTest, AnUnknownOwnerFailsTheStart) {
    configure(logging("exec sleep 1000") + "owner = \"no-such-user\"\n");
    const Outcome outcome = start();
    EXPECT_NE(outcome.code, 0);
    expect_words(outcome.err, "no-such-user");
}

TEST_F(LogKeysTest, FilesAreGivenToTheirOwner) {
    if (::geteuid() != 0) {
        configure(logging("exec sleep 1000") + "owner = \"root\"\n");
        const Outcome outcome = start();
        EXPECT_EQ(outcome.code, 4) << outcome.err;
        expect_words(outcome.err, "owner needs root");
        return;
    }
    configure(logging("exec sleep 1000") + "owner = \"1:2\"\n");
    started();
    struct stat st {};
    ASSERT_EQ(::stat(path("log").c_str(), &st), 0);
    EXPECT_EQ(st.st_uid, 1U);
    EXPECT_EQ(st.st_gid, 2U);
    stopped();
}

TEST_F(LogKeysTest, TwoServicesCannotShareALog) {
    configure(logging("echo one; exec sleep 1000"));
    started();
    ASSERT_TRUE(await_log_end("one"));
    const std::string other = write("other.toml", logging("echo two; exec sleep 1000"));
    const Outcome outcome = amphid({"start", other});
    EXPECT_EQ(outcome.code, 6) << outcome.err;
    expect_words(outcome.err, path("log") + " as its log: it is the log of " + name());
    EXPECT_EQ(read("log"), "one\n");
    stopped();
    ASSERT_EQ(amphid({"start", other}).code, 0); // it is free now
    EXPECT_EQ(amphid({"stop", other}).code, 0);
}

// Without a word from the service in between.
TEST_F(LogKeysTest, AMovedFileIsReopenedWhenAsked) {
    configure(logging("echo one; exec sleep 1000"));
    EXPECT_EQ(amphid({"logs", "--reopen", config()}).code, 0); // nothing to be done
    started();
    ASSERT_TRUE(await_log_end("one"));
    std::filesystem::rename(path("log"), path("log.1"));
    const Outcome outcome = amphid({"logs", "--reopen", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out + outcome.err, "");
    EXPECT_TRUE(await("a new file", [&] { return exists(path("log")); }));
    stopped();
}

TEST_F(LogKeysTest, WithoutOneThereIsALogOfItsOwn) {
    configure("[service]\nexec-start = " + shell("echo one; echo two >&2; exec sleep 1000"));
    started();
    ASSERT_TRUE(await_default_log("two"));
    EXPECT_EQ(read_file(default_log()).value_or(""), "one\ntwo\n");
    const Outcome logs = amphid({"logs", config()});
    EXPECT_EQ(logs.code, 0) << logs.err;
    EXPECT_EQ(logs.out, "one\ntwo\n");
    EXPECT_TRUE(status().out.ends_with("\none\ntwo\n"));
    stopped();
    EXPECT_EQ(amphid({"logs", config()}).out, "one\ntwo\n");
}

// A line with marks of ours is not moved in one step, as others are: what was begun is done again.
TEST_F(LogKeysTest, AKilledLauncherLosesAndDoublesNoLineWithATimestamp) {
    const int kills = rounds(4, 200);
    const int last = kills * 40'000;
    count_under_kills(
        kills, last,
        "max-size = \"512K\"\nkeep = 100000\ntimestamps = \"rfc3339\"\nprefix = true\n");
    int next = 1;
    std::istringstream log(whole_log());
    for (std::string line; std::getline(log, line);) {
        const std::string mark = "Z stdout: ";
        const auto at = line.find(mark);
        if (at == std::string::npos) {
            ASSERT_NE(line.find("Z amphid: "), std::string::npos) << line;
        } else {
            ASSERT_EQ(line.substr(at + mark.size()), std::to_string(next++));
        }
    }
    EXPECT_EQ(next, last + 1);
    stopped();
    EXPECT_FALSE(exists(runtime("log-draft")));
}

// What a reader of the service's log would miss: why it ends and begins anew.
TEST_F(LogKeysTest, TheLaunchersLinesStandInTheLogOfItsOwn) {
    configure("[service]\nexec-start = " +
              shell("echo begins; until [ -e " + path("go") +
                    " ]; do sleep 0.01; done; printf unfinished; exit 3") +
              "\nrestart = \"on-failure\"\nrestart-sec = 0\nstart-limit-burst = 2\n");
    started();
    ASSERT_TRUE(await_default_log("begins"));
    write("go", "");
    ASSERT_TRUE(await_state("failed"));
    const std::string run = "begins\nunfinished\namphid: " + name() + " failed: ";
    const auto log = [this] { return read_file(default_log()).value_or(""); };
    EXPECT_TRUE(log().starts_with(run)) << log();
    EXPECT_TRUE(await("the launcher's line about the last run", [&] {
        return log().find(run, run.size()) != std::string::npos;
    })) << log();
    EXPECT_EQ(amphid({"logs", config()}).out, log());
}

TEST_F(LogKeysTest, TheLaunchersLinesHaveItsMarksAndTearNoLine) {
    configure(logging("printf 'one '; until [ -e " + path("go") +
                      " ]; do sleep 0.01; done; echo two; exec sleep 1000") +
              "timestamps = \"rfc3339\"\n[health]\ncommand = " +
              shell("echo >>" + path("checks") + "; exit 1") +
              "\ninterval-sec = \"50ms\"\nfailures = 1000000\n");
    started();
    // When it is run again, the launcher has said what came of it.
    ASSERT_TRUE(await("the beginning of a line", [&] { return read("log").ends_with("Z one "); }));
    ASSERT_TRUE(await_lines("checks", 2));
    EXPECT_TRUE(read("log").ends_with("Z one "));
    write("go", "");
    const std::regex wanted("[^ \\n]+Z one two\n(?:[^ \\n]+Z amphid: " + name() +
                            ": health: [^\\n]+\n)+");
    EXPECT_TRUE(await("the launcher's line", [&] { return std::regex_match(read("log"), wanted); }))
        << read("log");
    stopped();
}

// Programs read it: it has what the service wrote, and nothing else.
TEST_F(LogKeysTest, APlainFileIsTheServicesAlone) {
    configure(logging("echo one; exit 3"));
    EXPECT_NE(start().code, -1);
    ASSERT_TRUE(await_state("failed"));
    EXPECT_EQ(read("log"), "one\n");
}

// Said once, and the files stay as they are.
TEST_F(LogKeysTest, WithoutTheCompressorFilesStayAsTheyAre) {
    const std::string program = "/usr/bin/zstd";
    Launch launch;
    if (exists(program)) {
        if (::geteuid() != 0)
            GTEST_SKIP() << "needs a mount, to hide " + program;
        launch.command = {"unshare",
                          "--mount",
                          "--propagation",
                          "private",
                          "sh",
                          "-c",
                          "mount --bind " + write("nothing", "") + " " + program +
                              " && exec \"$0\" \"$@\""};
    }
    configure(logging("seq 20000; exec sleep 1000") +
              "max-size = \"16K\"\nkeep = 1000\ncompress = \"zstd\"\n");
    Program& launcher = spawn_amphid({"run", config()}, launch);
    ASSERT_TRUE(await_log_end("20000"));
    EXPECT_GT(older().size(), 5U);
    expect_counted(20'000);
    stopped();
    const std::string error = finish(launcher).err;
    const std::string sentence = "; rotated files stay uncompressed\n";
    expect_words(error, "cannot execute zstd: ");
    const auto first = error.find(sentence);
    EXPECT_NE(first, std::string::npos) << error;
    EXPECT_EQ(error.find(sentence, first + 1), std::string::npos) << error;
    for (const std::string& name : older())
        EXPECT_TRUE(name.ends_with("Z")) << name;
}

TEST_F(LogKeysTest, OnlySilenceHasNone) {
    configure("[service]\nexec-start = " + shell("echo one; exec sleep 1000") +
              "\nstandard-output = \"null\"\n");
    started();
    stopped();
    EXPECT_FALSE(exists(default_log()));
    const Outcome logs = amphid({"logs", config()});
    EXPECT_EQ(logs.code, 1);
    expect_words(logs.err, "its output is not kept");
}

TEST_F(LogKeysTest, WhoSaysNothingHasNoFile) {
    configure("[service]\nexec-start = " + shell("exec sleep 1000"));
    started();
    EXPECT_FALSE(exists(default_log()));
    stopped();
}

TEST_F(LogKeysTest, WhereItCannotBeKeptTheStartSaysSo) {
    configure("[service]\nexec-start = " + shell("echo one; exec sleep 1000"));
    if (::geteuid() == 0) {
        ASSERT_EQ(::mount("tmpfs", "/var/log", "tmpfs", MS_RDONLY, ""), 0);
    } else {
        write(".local", "no directory");
    }
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    expect_words(outcome.err, "its output is not kept: ");
    stopped();
    if (::geteuid() == 0) {
        EXPECT_EQ(::umount2("/var/log", MNT_DETACH), 0);
    }
}

} // namespace amphid::test
