// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "course.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

namespace amphid {
namespace {

MainExit dumped(int signal) {
    return {ExitKind::dumped, signal, ExecStage::none};
}

// systemd.service(5), SuccessExitStatus=.
TEST(Result, CleanEndsAreZeroAndFourSignals) {
    const Policy policy;
    EXPECT_EQ(result_of(exited(0), policy), ServiceResult::success);
    for (int code = 1; code < 256; ++code) {
        EXPECT_EQ(result_of(exited(code), policy), ServiceResult::exit_code) << code;
    }
    for (int signal = 1; signal < 65; ++signal) {
        const bool clean =
            signal == SIGHUP || signal == SIGINT || signal == SIGTERM || signal == SIGPIPE;
        EXPECT_EQ(result_of(killed(signal), policy),
                  clean ? ServiceResult::success : ServiceResult::signal)
            << signal;
        EXPECT_EQ(result_of(dumped(signal), policy), ServiceResult::core_dump) << signal;
    }
}

TEST(Result, PolicyAddsCodesAndSignals) {
    Policy policy;
    policy.success_exit_status = {{9, 75}, {SIGUSR1}};
    EXPECT_EQ(result_of(exited(75), policy), ServiceResult::success);
    EXPECT_EQ(result_of(exited(SIGUSR1), policy), ServiceResult::exit_code) << "codes, not signals";
    EXPECT_EQ(result_of(killed(SIGUSR1), policy), ServiceResult::success);
    EXPECT_EQ(result_of(killed(9), policy), ServiceResult::signal) << "signals, not codes";
    EXPECT_EQ(result_of(exited(0), policy), ServiceResult::success) << "it only adds";
}

// systemd, is_clean_exit(): the set speaks of ends by exit and by signal, never of a core dump.
TEST(Result, CoreDumpIsNeverClean) {
    Policy policy;
    policy.success_exit_status = {{}, {SIGABRT, SIGTERM}};
    EXPECT_EQ(result_of(killed(SIGABRT), policy), ServiceResult::success);
    EXPECT_EQ(result_of(dumped(SIGABRT), policy), ServiceResult::core_dump);
    EXPECT_EQ(result_of(dumped(SIGTERM), policy), ServiceResult::core_dump);
}

TEST(Result, IgnoredFailuresAreSuccess) {
    Policy policy = policy_of(ServiceType::exec);
    give(policy, CommandList::exec_start, {true});
    const auto result_after = [&](const What& end) {
        Course course = running(policy);
        course.play({end});
        return name_of(course.machine.result);
    };
    EXPECT_EQ(result_after(main_exits(7)), "success");
    EXPECT_EQ(result_after(main_is_killed(SIGSEGV)), "success");
    EXPECT_EQ(result_after(MainExited{dumped(SIGSEGV), true}), "success");
    Course course{policy};
    course.play({StartRequested{}, ExecFailed{ExecStage::exec, ENOENT, true}});
    EXPECT_EQ(name_of(course.machine.result), "exit-code")
        << "a program that never ran has not failed: it was not there";
}

// EXIT_CLEAN_COMMAND: what is no daemon is not clean by the signals that end daemons.
TEST(Result, CommandsAreNotCleanBySignal) {
    for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGPIPE}) {
        EXPECT_EQ(result_of(killed(signal), {}, false), ServiceResult::signal) << signal;
    }
    EXPECT_EQ(result_of(exited(0), {}, false), ServiceResult::success);
}

// systemd.service(5), the table under Restart=.
TEST(Restart, TableOfTheManPage) {
    struct Row {
        ServiceResult result;
        bool always, on_success, on_failure, on_abnormal, on_abort;
    };
    using enum ServiceResult;
    const Row rows[] = {
        {success, true, true, false, false, false}, {exit_code, true, false, true, false, false},
        {signal, true, false, true, true, true},    {core_dump, true, false, true, true, true},
        {timeout, true, false, true, true, false},  {resources, true, false, true, true, false},
        {protocol, true, false, true, true, false},
    };
    for (const Row& row : rows) {
        const std::string_view name = name_of(row.result);
        EXPECT_FALSE(restarts_after(Restart::no, row.result)) << name;
        EXPECT_EQ(restarts_after(Restart::always, row.result), row.always) << name;
        EXPECT_EQ(restarts_after(Restart::on_success, row.result), row.on_success) << name;
        EXPECT_EQ(restarts_after(Restart::on_failure, row.result), row.on_failure) << name;
        EXPECT_EQ(restarts_after(Restart::on_abnormal, row.result), row.on_abnormal) << name;
        EXPECT_EQ(restarts_after(Restart::on_abort, row.result), row.on_abort) << name;
        EXPECT_FALSE(restarts_after(Restart::on_watchdog, row.result)) << name;
    }
}

} // namespace
} // namespace amphid
