// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/state_record.h"

#include "directory.h"
#include "os/process.h"
#include "plan/document.h"

#include <sys/resource.h>

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
    StateRecordTest() {
        with_gaps.*GetParam() = {StateRecord::pid_gap, StateRecord::start_time_gap, "boot"};
        with_gaps.lineage.session = 12;
        with_gaps.lineage.group = StateRecord::pid_gap;
        with_gaps.lineage.since = StateRecord::start_time_gap;
    }
    TestDirectory directory;
    State with_gaps = some_state();
};

TEST_P(StateRecordTest, HasTheProcessThatFilledIt) {
    StateRecord record(directory.fd.get(), with_gaps);
    EXPECT_EQ(directory.read("state"), "") << "not before the process is there";
    record(::getpid());
    ASSERT_TRUE(record.written());
    State state = with_gaps;
    state.*GetParam() = identify(::getpid(), "boot");
    state.lineage.group = ::getpid();
    state.lineage.since = (state.*GetParam()).start_time;
    EXPECT_EQ(record.filled(), state);
    EXPECT_EQ(decode(directory.read("state")), state);
    EXPECT_EQ(directory.count(), 1U);
}

TEST_P(StateRecordTest, LeavesNothingOfAStartThatFailed) {
    { const StateRecord record(directory.fd.get(), with_gaps); }
    EXPECT_EQ(directory.count(), 0U);
}

TEST_P(StateRecordTest, ReplacesALeftover) {
    std::ofstream(directory.path + "/.state." + std::to_string(::getpid())) << "left";
    StateRecord record(directory.fd.get(), with_gaps);
    record(::getpid());
    EXPECT_TRUE(record.written());
}

TEST_P(StateRecordTest, SaysWhereItCouldNotBeWritten) {
    const Fd nowhere;
    StateRecord record(nowhere.get(), with_gaps);
    record(::getpid());
    EXPECT_FALSE(record.written());
}

// A process without its start time is nobody's: status would say that it does not run.
TEST_P(StateRecordTest, IsNotWrittenByOneThatCannotTellWhenItBegan) {
    {
        StateRecord record(directory.fd.get(), with_gaps);
        rlimit before{};
        ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
        const rlimit none{0, before.rlim_max};
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
        record(::getpid());
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
        EXPECT_FALSE(record.written());
    }
    EXPECT_EQ(directory.count(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Roles, StateRecordTest, testing::Values(&State::main, &State::control));

} // namespace
} // namespace amphid
