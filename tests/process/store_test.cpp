// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The descriptor store: under which name, for how long, and what of it goes up.

#include "fixture.h"
#include "helper/file.h"

#include <chrono>
#include <csignal>
#include <iostream>
#include <unistd.h>

namespace amphid::test {

class StoreTest : public ProcessTest {
protected:
    /// The given descriptors of a second start, after a first one that stored these.
    std::string restored(const Words& steps, unsigned most = 8) {
        Words all{"--given",     path("given"), "--if-exists",
                  path("again"), "{",           "--notify",
                  "--await",     path("never"), "}"};
        all.insert(all.end(), steps.begin(), steps.end());
        all.insert(all.end(),
                   {"--status", "stored", "--ready-file", path("again"), "--notify", "--await",
                    path("go"), "--status", "once more", "--await", path("end"), "--exit", "1"});
        configure(service("notify", all) + "file-descriptor-store-max = " + std::to_string(most) +
                  "\nrestart = \"on-failure\"\nrestart-sec = 0\n");
        started();
        write("go", "");
        EXPECT_TRUE(await_field("status-text", "once more")); // the store had its turn by then
        write("end", "");
        EXPECT_TRUE(await_field("restarts", "1"));
        EXPECT_TRUE(await_state("running"));
        const std::string given = read("given");
        stopped();
        return given;
    }
};

TEST_F(StoreTest, ANameThatIsNoneIsStored) {
    EXPECT_EQ(restored({"--store", "a:b", "--store", "tab\tulator", "--store",
                        std::string(256, 'n'), "--store", "", "--store", "good name"}),
              "stored=a:b\nstored=tab\tulator\nstored=" + std::string(64, 'n') +
                  "\nstored=\ngood name=good name\n");
}

TEST_F(StoreTest, WhatHangsUpLeavesTheStoreUnlessTold) {
    EXPECT_EQ(restored({"--store-hung-up", "FDSTORE=1\\nFDNAME=gone", "--store-hung-up",
                        "FDSTORE=1\\nFDNAME=kept\\nFDPOLL=0", "--store", "file"}),
              "kept=\nfile=file\n");
}

// What hangs up with the service's death has done so when it is started again at once.
TEST_F(StoreTest, WhatDiesWithTheServiceIsNotGivenBack) {
    EXPECT_EQ(restored({"--store-until-death", "FDSTORE=1\\nFDNAME=gone", "--store-until-death",
                        "FDSTORE=1\\nFDNAME=kept\\nFDPOLL=0"}),
              "kept=\n");
}

// Each newcomer is compared with few of the others (FdStoreTest), and all are closed elsewhere.
TEST_F(StoreTest, AStopWithThousandsTakesNoLonger) {
    configure(service("notify", {"--store-many", "3200", "--barrier", "--notify"}) +
              "file-descriptor-store-max = 3200\n");
    const Outcome outcome =
        amphid({"start", config()}, {.command = {"prlimit", "--nofile=4000:4000"}});
    if (outcome.code != 0 && ::geteuid() != 0)
        GTEST_SKIP() << "the limit of descriptors cannot be raised";
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_GE(descriptors_of(launcher()).size(), 3200U);
    const auto began = std::chrono::steady_clock::now();
    stopped();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - began);
    std::cout << "a stop with 3200 stored descriptors: " << took.count() << " ms" << std::endl;
    EXPECT_LT(took.count(), 3000);
}

TEST_F(StoreTest, RemovalNeedsAName) {
    EXPECT_EQ(
        restored({"--store", "stored", "--store", "other", "--send", "FDSTOREREMOVE=1", "--send",
                  "FDSTOREREMOVE=1\\nFDNAME=nobody", "--send", "FDSTOREREMOVE=1\\nFDNAME=other"}),
        "stored=stored\n");
}

TEST_F(StoreTest, FdPollGoesUpWithItsDescriptor) {
    configure(service("notify", {"--store-hung-up", "FDSTORE=1\\nFDNAME=x\\nFDPOLL=0", "--store",
                                 "a:b", "--notify"}) +
              "file-descriptor-store-max = 4\n");
    Program& command = spawn_amphid({"start", config()}, {.by_systemd = true});
    ASSERT_TRUE(await_message("READY=1"));
    Words stored;
    for (const Datagram& message : messages())
        if (message.text.starts_with("FDSTORE=1")) {
            stored.push_back(message.text);
            EXPECT_EQ(message.descriptors, 1);
        }
    EXPECT_EQ(stored, (Words{"FDSTORE=1\nFDNAME=x\nFDPOLL=0", "FDSTORE=1\nFDNAME=stored"}));
    send_signal(command.pid, SIGTERM);
    finish(command);
}

} // namespace amphid::test
