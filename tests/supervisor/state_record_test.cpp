// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/state_record.h"

#include "directory.h"
#include "os/process.h"
#include "plan/document.h"

namespace amphid {
namespace {

State some_state() {
    State state;
    state.name = "web";
    state.config = "/etc/amphid/1111111111.toml";
    state.status_text = "main.pid=1111111111\n11111111111111111111";
    state.launcher = {4321, 987654, "boot"};
    state.control = {77, 11, "boot"};
    return state;
}

class StateRecordTest : public testing::TestWithParam<ProcessId State::*> {
protected:
    TestDirectory directory;
};

TEST_P(StateRecordTest, HasTheProcessThatFilledIt) {
    State state = some_state();
    StateRecord record(directory.fd.get(), state, GetParam());
    EXPECT_EQ(directory.read("state"), "") << "not before the process is there";
    record(::getpid());
    ASSERT_TRUE(record.written());
    state.*GetParam() = identify(::getpid(), "boot");
    EXPECT_EQ(record.id(), state.*GetParam());
    EXPECT_EQ(decode(directory.read("state")), state);
    EXPECT_EQ(directory.count(), 1U);
}

TEST_P(StateRecordTest, LeavesNothingOfAStartThatFailed) {
    { const StateRecord record(directory.fd.get(), some_state(), GetParam()); }
    EXPECT_EQ(directory.count(), 0U);
}

TEST_P(StateRecordTest, ReplacesALeftover) {
    std::ofstream(directory.path + "/.state." + std::to_string(::getpid())) << "left";
    StateRecord record(directory.fd.get(), some_state(), GetParam());
    record(::getpid());
    EXPECT_TRUE(record.written());
}

TEST_P(StateRecordTest, SaysWhereItCouldNotBeWritten) {
    const Fd nowhere;
    StateRecord record(nowhere.get(), some_state(), GetParam());
    record(::getpid());
    EXPECT_FALSE(record.written());
}

INSTANTIATE_TEST_SUITE_P(Roles, StateRecordTest, testing::Values(&State::main, &State::control));

} // namespace
} // namespace amphid
