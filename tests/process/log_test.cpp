// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// [log]: a file of the launcher's own that holds every line once and in order, whatever happens to
// the service, the file and the launcher.

#include "logging.h"
#include "soak.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sys/mount.h>

namespace amphid::test {

TEST_F(LogTest, TakesBothStreamsInTheirOrder) {
    configure(logging("echo one; echo two >&2; echo three; exec sleep 1000"));
    started();
    EXPECT_TRUE(await_log_end("three"));
    EXPECT_EQ(read("log"), "one\ntwo\nthree\n");
    stopped();
}

TEST_F(LogTest, TakesWhatIsSentNowhereElse) {
    configure(logging("echo one; echo two >&2; exec sleep 1000",
                      "standard-output = \"append:" + path("out") + "\"\n"));
    started();
    EXPECT_TRUE(await_log_end("two"));
    EXPECT_EQ(read("log"), "two\n");
    EXPECT_EQ(read("out"), "one\n");
    stopped();
}

TEST_F(LogTest, AlsoInTheForeground) {
    configure(logging("echo one"));
    const Outcome outcome = amphid({"run", config()});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    EXPECT_EQ(read("log"), "one\n");
}

TEST_F(LogTest, AFailureShowsItsLastWords) {
    configure(logging("echo cannot bind >&2; exit 3", "type = \"notify\"\n"));
    const Outcome outcome = start();
    EXPECT_EQ(outcome.code, 1);
    EXPECT_NE(outcome.err.find("    cannot bind\n"), std::string::npos) << outcome.err;
    EXPECT_EQ(read("log"), "cannot bind\n");
}

TEST_F(LogTest, ALineOfItMakesReady) {
    configure(logging("echo up and running; exec sleep 1000") + "[ready]\nlog = \"up and\"\n");
    started();
    EXPECT_EQ(read("log"), "up and running\n");
    stopped();
}

TEST_F(LogTest, EveryLineComesThroughRotationOnce) {
    const int last = rounds(200'000, 20'000'000);
    configure(logging("seq " + std::to_string(last) + "; exec sleep 1000") +
              "max-size = \"64K\"\nkeep = 100000\n");
    started();
    ASSERT_TRUE(await_log_end(std::to_string(last)));
    EXPECT_GT(older().size(), 10U);
    for (const std::string& name : older())
        EXPECT_LT(std::filesystem::file_size(path(name)), 65536U + 16)
            << name; // and the rest of a line
    expect_counted(last);
    stopped();
}

TEST_F(LogTest, NoMoreFilesThanAreKept) {
    configure(logging("seq 100000; exec sleep 1000") + "max-size = \"16K\"\nkeep = 2\n");
    started();
    ASSERT_TRUE(await_log_end("100000"));
    EXPECT_EQ(older().size(), 2U);
    EXPECT_TRUE(counted(100'000).ends_with(whole_log()));
    stopped();
}

// Each run of the service counts on and is killed; its unfinished line stays one of its own.
TEST_F(LogTest, RestartsGoOnInTheSameFile) {
    configure(logging("n=$(($(wc -l <" + path("runs") + ") * 10000)); echo run >>" + path("runs") +
                          "; seq $((n + 1)) $((n + 10000)); [ $n = 40000 ] || kill -9 $$; "
                          "exec sleep 1000",
                      "restart = \"always\"\nrestart-sec = 0\nstart-limit-burst = 100\n") +
              "max-size = \"64K\"\nkeep = 1000\n");
    write("runs", "");
    ASSERT_EQ(start().code, 0); // the first run may be over by now
    ASSERT_TRUE(await_log_end("50000"));
    ASSERT_TRUE(await_state("running"));
    expect_counted(50'000);
    stopped();
}

TEST_F(LogTest, AnUnfinishedLineIsNotGluedToTheNextRun) {
    configure(logging("printf 'no end'; [ -e " + path("again") + " ] || { : >" + path("again") +
                          "; kill -9 $$; }; exec sleep 1000",
                      "restart = \"always\"\nrestart-sec = 0\n"));
    ASSERT_EQ(start().code, 0); // the first run may be over by now
    EXPECT_TRUE(await("both runs have spoken", [&] { return read("log") == "no end\nno end"; }))
        << read("log");
    ASSERT_TRUE(await_state("running"));
    stopped();
}

// The launcher is killed while the service writes as fast as it can.
TEST_F(LogTest, AKilledLauncherLosesAndDoublesNothing) {
    const int kills = rounds(5, 200);
    const int last = kills * 60'000;
    count_under_kills(kills, last, "max-size = \"128K\"\nkeep = 100000\n");
    expect_counted(last);
    stopped();
}

TEST_F(LogTest, AFileThatWasMovedAwayIsFollowedByANewOne) {
    configure(
        logging("i=1; while [ $i -le 3000 ]; do echo $i; i=$((i + 1)); done; exec sleep 1000"));
    started();
    for (int i = 0; i < 3; ++i) {
        await("a file that begins, or the last line",
              [&] { return exists(path("log")) || whole_log().ends_with("3000\n"); });
        std::error_code late; // the service may be done by now
        std::filesystem::rename(path("log"), path("log." + std::to_string(i)), late);
    }
    await("the last line is there", [&] { return whole_log().ends_with("3000\n"); });
    expect_counted(3000);
    stopped();
}

TEST_F(LogTest, ALongLineNeedsNoMemoryAndNoUnlimitedFile) {
    configure(logging("head -c 8000000 /dev/zero | tr '\\0' x; echo; echo end; exec sleep 1000") +
              "max-size = \"1M\"\nkeep = 100\n");
    started();
    ASSERT_TRUE(await_log_end("end"));
    EXPECT_EQ(whole_log().size(), 8'000'005U);
    for (const std::string& name : older())
        EXPECT_LE(std::filesystem::file_size(path(name)), 2U << 20) << name;
    stopped();
}

TEST_F(LogTest, ATargetThatTakesNothingHoldsNobodyUp) {
    std::string config = logging("seq 300000; echo done >" + path("done") + "; exec sleep 1000");
    config.replace(config.find(path("log")), path("log").size(), "/dev/full");
    configure(config);
    started();
    EXPECT_TRUE(await_lines("done", 1));
    stopped();
}

// Of a disk that fills up and is freed again: whole lines, and how many are missing.
TEST_F(LogTest, AFullDiskLosesWholeLinesAndSaysHowMany) {
    const std::string disk = path("disk");
    std::filesystem::create_directory(disk);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64K") < 0)
        GTEST_SKIP() << "needs root, to mount a small disk";
    write("disk/ballast", std::string(49152, 'x'));
    std::string config = logging("trap 'echo room again' USR1; seq 5000; echo done >" +
                                 path("done") + "; while :; do sleep 0.01; done");
    config.replace(config.find(path("log")), path("log").size(), path("disk/log"));
    configure(config);
    started();
    ASSERT_TRUE(await_lines("done", 1));
    const auto shown = [this] { return lines("disk/log"); };
    await("the disk is full, and the torn line is taken back", [&] {
        const auto size = std::filesystem::file_size(path("disk/log"));
        return size > 16370 && size < 16384;
    });
    std::filesystem::remove(path("disk/ballast"));
    send_signal(main_pid(), SIGUSR1);
    await("there is room again", [&] { return shown().back() == "room again"; });
    const auto log = shown();
    int lost = 0;
    int written = 0;
    int last = 0;
    for (const std::string& line : log) {
        int count = 0;
        if (std::sscanf(line.c_str(), "amphid: %d line", &count) == 1) {
            lost += count;
        } else if (line != "room again") {
            const int number = std::atoi(line.c_str());
            EXPECT_EQ(line, std::to_string(number)) << "a torn line";
            EXPECT_GT(number, last);
            last = number;
            ++written;
        }
    }
    EXPECT_GT(lost, 0);
    EXPECT_EQ(written + lost, 5000);
    stopped();
    ::umount2(disk.c_str(), MNT_DETACH);
}

TEST_F(LogTest, ADirectoryThatIsMissingFailsTheStart) {
    std::string config = logging("exec sleep 1000");
    config.replace(config.find(path("log")), path("log").size(), path("missing/log"));
    configure(config);
    const Outcome outcome = start();
    EXPECT_NE(outcome.code, 0);
    expect_words(outcome.err, path("missing/log"));
}

} // namespace amphid::test
