// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// What the record of a service outside of its runtime directory tells, and how long.

#include "os/second_record.h"

#include "../supervisor/directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace amphid {
namespace {

class SecondRecordTest : public ::testing::Test {
protected:
    SecondRecordTest() {
        state.name = "web";
        state.state = ServiceState::running;
        state.invocation_id = "0123456789abcdef0123456789abcdef";
        state.launcher = {10, 1000, "boot"};
        state.main = {12, 1200, "boot"};
        state.lineage.group = 12;
    }

    bool is_there() const { return read_second_record(path).has_value(); }

    TestDirectory directory;
    const std::string path = directory.path + "/amphid+running/1";
    State state;
    SecondRecord record{path};
};

TEST_F(SecondRecordTest, TellsTheProcesses) {
    record.follow(state);
    const auto read = read_second_record(path);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->main, state.main);
    EXPECT_EQ(read->lineage, state.lineage);
    EXPECT_EQ(read->invocation_id, state.invocation_id);
    EXPECT_EQ(read->launcher.boot_id, "boot");
    EXPECT_EQ(read->state, ServiceState::running);
}

TEST_F(SecondRecordTest, FollowsTheMainProcess) {
    record.follow(state);
    state.main = {13, 1300, "boot"};
    record.follow(state);
    EXPECT_EQ(read_second_record(path)->main.pid, 13);
    state.lineage.session = 13; // it has made a session of its own
    record.follow(state);
    EXPECT_EQ(read_second_record(path)->lineage.session, 13);
}

TEST_F(SecondRecordTest, StillTellsOfTheLastOneWhileThereIsNone) {
    record.follow(state);
    state.main = {};
    state.state = ServiceState::auto_restart;
    record.follow(state);
    EXPECT_EQ(read_second_record(path)->main.pid, 12);
    state.invocation_id.back() = '0'; // the next activation, with a hook first
    state.state = ServiceState::start_pre;
    record.follow(state);
    EXPECT_EQ(read_second_record(path)->invocation_id, state.invocation_id);
}

TEST_F(SecondRecordTest, EndsWithTheService) {
    record.follow(state);
    state.state = ServiceState::dead;
    record.follow(state);
    EXPECT_FALSE(is_there());
    EXPECT_EQ(directory.count(), 0U) << "its directory goes with the last one";
}

TEST_F(SecondRecordTest, StaysWithWhomAStopCouldNotEnd) {
    record.follow(state);
    state.state = ServiceState::failed;
    state.survivors = "12";
    record.follow(state);
    EXPECT_TRUE(is_there());
}

TEST_F(SecondRecordTest, IsTriedAgainWhereItCouldNotBeWritten) {
    ASSERT_EQ(::mkdir((directory.path + "/amphid+running").c_str(), 0755), 0);
    ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
    record.follow(state);
    EXPECT_FALSE(is_there());
    ASSERT_EQ(::rmdir(path.c_str()), 0);
    record.follow(state);
    EXPECT_TRUE(is_there());
}

TEST_F(SecondRecordTest, OfALinkIsNotBelieved) {
    record.follow(state);
    const std::string link = directory.path + "/link";
    ASSERT_EQ(::symlink(path.c_str(), link.c_str()), 0);
    EXPECT_FALSE(read_second_record(link));
}

TEST_F(SecondRecordTest, IsNotKeptWithoutAPlace) {
    SecondRecord none("");
    none.follow(state);
    EXPECT_EQ(directory.count(), 0U);
    EXPECT_FALSE(read_second_record(""));
}

} // namespace
} // namespace amphid
