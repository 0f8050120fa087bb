// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "course.h"
#include "machine/ending.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

namespace amphid {
namespace {

using enum ServiceResult;

Machine ended(ServiceResult result, MainExit exit, bool ready = true) {
    Machine machine;
    machine.state = result == success ? ServiceState::dead : ServiceState::failed;
    machine.result = result;
    machine.exit = exit;
    machine.ready = ready;
    machine.blame.in = ready ? ServiceState::stop_sigterm : ServiceState::start;
    return machine;
}

MainExit not_executed(ExecStage stage, int error) {
    return {ExitKind::exec_failed, error, stage};
}

std::string text_of(const Ending& ending) {
    return concat("code ", ending.code, ", signal ", ending.signal);
}

struct EndingCase {
    std::string_view name;
    Machine machine;
    Ending alone;
    Ending under_systemd;
};

TEST(Ending, IsTheServicesOwn) {
    const EndingCase cases[] = {
        {"clean exit", ended(success, exited(0)), {0, 0}, {0, 0}},
        {"exit code", ended(exit_code, exited(7)), {7, 0}, {7, 0}},
        {"a code that counts as success stays", ended(success, exited(75)), {75, 0}, {75, 0}},
        {"signal", ended(signal, killed(SIGSEGV)), {0, SIGSEGV}, {0, SIGSEGV}},
        {"core dump",
         ended(core_dump, {ExitKind::dumped, SIGABRT, ExecStage::none}),
         {0, SIGABRT},
         {0, SIGABRT}},
        {"clean signal", ended(success, killed(SIGTERM)), {0, SIGTERM}, {0, SIGTERM}},
        {"stop that needed SIGKILL", ended(timeout, killed(SIGKILL)), {0, SIGKILL}, {0, SIGKILL}},
        {"early clean exit", ended(protocol, exited(0), false), {1, 0}, {0, 0}},
        {"clean exits until the start limit", ended(start_limit_hit, exited(0)), {1, 0}, {1, 0}},
        {"start timeout, died of our TERM", ended(timeout, killed(SIGTERM), false), {1, 0}, {1, 0}},
        {"start timeout, caught our TERM", ended(timeout, exited(0), false), {1, 0}, {1, 0}},
        {"no program",
         ended(exit_code, not_executed(ExecStage::exec, ENOENT), false),
         {203, 0},
         {203, 0}},
        {"no directory",
         ended(exit_code, not_executed(ExecStage::chdir, ENOENT), false),
         {200, 0},
         {200, 0}},
        {"no fork", ended(resources, not_executed(ExecStage::none, EAGAIN), false), {1, 0}, {1, 0}},
    };
    const Policy policy;
    for (const EndingCase& c : cases) {
        EXPECT_EQ(text_of(ending_of(c.machine, policy, Above::nobody)), text_of(c.alone)) << c.name;
        EXPECT_EQ(text_of(ending_of(c.machine, policy, Above::manager)), text_of(c.under_systemd))
            << c.name;
    }
}

TEST(Ending, OurOwnSignalIsNotTheServicesEnd) {
    // The pid file was refused, so the service was stopped: dead by SIGTERM would look clean.
    const Machine machine = ended(resources, killed(SIGTERM), false);
    EXPECT_EQ(text_of(ending_of(machine, {}, Above::nobody)), "code 1, signal 0");
}

TEST(Ending, AContainersExitIsRemapped) {
    Policy policy;
    policy.success_exit_status = {{7}, {SIGUSR1}};
    const Machine clean = ended(success, exited(7));
    EXPECT_EQ(ending_of(clean, policy, Above::container_engine), (Ending{0, 0}));
    EXPECT_EQ(ending_of(clean, policy, Above::nobody), (Ending{7, 0}));
    EXPECT_EQ(ending_of(clean, policy, Above::manager), (Ending{7, 0}));
    EXPECT_EQ(ending_of(ended(success, killed(SIGUSR1)), policy, Above::container_engine),
              (Ending{0, 0}));
    EXPECT_EQ(ending_of(ended(success, killed(SIGTERM)), policy, Above::container_engine),
              (Ending{0, SIGTERM}));
    EXPECT_EQ(ending_of(ended(start_limit_hit, exited(7)), policy, Above::container_engine),
              (Ending{7, 0}));
}

TEST(Ending, IgnoredFailureEndsWithZero) {
    Policy policy;
    policy.ignored_failures[static_cast<std::size_t>(CommandList::exec_start)] = {true};
    EXPECT_EQ(ending_of(ended(success, exited(7)), policy, Above::nobody), (Ending{0, 0}));
    EXPECT_EQ(ending_of(ended(success, killed(SIGSEGV)), policy, Above::manager), (Ending{0, 0}));
    EXPECT_EQ(ending_of(ended(exit_code, not_executed(ExecStage::exec, 2)), policy, Above::nobody),
              (Ending{203, 0}));
    EXPECT_EQ(ending_of(ended(timeout, killed(SIGKILL)), policy, Above::nobody),
              (Ending{0, SIGKILL}));
    EXPECT_EQ(ending_of(ended(start_limit_hit, exited(7)), policy, Above::nobody), (Ending{7, 0}));
}

TEST(Failure, SaysWhatAndWhy) {
    Policy policy;
    policy.type = ServiceType::notify;
    policy.timeout_start = seconds(2);
    policy.timeout_stop = seconds(90);
    const auto describe = [&](const Machine& machine) {
        return describe_failure(machine, policy, "/no/such");
    };
    EXPECT_EQ(describe(ended(exit_code, exited(7))), "exited with code 7 (result 'exit-code')");
    EXPECT_EQ(describe(ended(signal, killed(SIGSEGV))),
              "killed by signal SIGSEGV (result 'signal')");
    EXPECT_EQ(describe(ended(core_dump, {ExitKind::dumped, SIGABRT, ExecStage::none})),
              "killed by signal SIGABRT, core dumped (result 'core-dump')");
    EXPECT_EQ(describe(ended(exit_code, not_executed(ExecStage::exec, ENOENT), false)),
              "EXEC /no/such: No such file or directory (result 'exit-code')");
    EXPECT_EQ(describe(ended(exit_code, not_executed(ExecStage::chdir, EACCES), false)),
              "CHDIR /no/such: Permission denied (result 'exit-code')");
    EXPECT_EQ(describe(ended(timeout, killed(SIGTERM), false)),
              "no READY=1 within 2s (result 'timeout')");
    EXPECT_EQ(describe(ended(timeout, killed(SIGKILL))),
              "did not stop within 1min 30s (result 'timeout')");
    EXPECT_EQ(describe(ended(protocol, exited(0), false)),
              "exited with code 0 before READY=1 (result 'protocol')");
    EXPECT_EQ(describe(ended(start_limit_hit, exited(1))),
              "5 starts within 10s; last failure: exited with code 1 (result 'start-limit-hit')");
}

/// The words about what these events lead to.
std::string failure_after(const Policy& policy, const std::vector<What>& events) {
    Course course{policy};
    course.play(events);
    return describe_failure(course.machine, policy, "/no/such");
}

TEST(Failure, OfAHookNamesIt) {
    using enum CommandList;
    const Policy policy = with_hooks(policy_of(ServiceType::exec));
    EXPECT_EQ(failure_after(policy, {StartRequested{}, hook_exits(), hook_exits(3), hook_exits()}),
              "exec-start-pre exited with code 3 (result 'exit-code')");
    EXPECT_EQ(failure_after(policy, {StartRequested{}, TimerElapsed{}, hook_exits(), hook_exits()}),
              "exec-condition did not finish within 1min 30s (result 'timeout')");
    Course course{policy};
    course.play({StartRequested{}, hook_exits(), hook_exits(3), hook_exits()});
    EXPECT_EQ(ending_of(course.machine, policy, Above::nobody), (Ending{1, 0}));
    const MainExit missing{ExitKind::exec_failed, ENOENT, ExecStage::exec};
    EXPECT_EQ(failure_after(policy, {StartRequested{}, ControlExited{missing, true}, hook_exits()}),
              "exec-condition EXEC /no/such: No such file or directory (result 'exit-code')");
}

TEST(Failure, OfTypeForkingSpeaksOfItsPidFile) {
    Policy policy = policy_of(ServiceType::forking);
    policy.has_pid_file = true;
    EXPECT_EQ(failure_after(policy, {StartRequested{}, hook_leaves(), TreeEmpty{}}),
              "it exited without a usable pid file (result 'protocol')");
    EXPECT_EQ(failure_after(policy, {StartRequested{}, hook_leaves(), TimerElapsed{}, TreeEmpty{}}),
              "no usable pid file within 1min 30s (result 'timeout')");
    EXPECT_EQ(failure_after(policy, {StartRequested{}, TimerElapsed{}, hook_exits()}),
              "exec-start did not finish within 1min 30s (result 'timeout')");
}

TEST(Ending, OfASkippedServiceIsClean) {
    Policy policy = policy_of(ServiceType::exec);
    give(policy, CommandList::exec_condition);
    Course course{policy};
    course.play({StartRequested{}, hook_exits(1)});
    EXPECT_EQ(ending_of(course.machine, policy, Above::nobody), (Ending{0, 0}));
}

TEST(Ending, NobodyKnowsHowAStrangerEnded) {
    const Machine machine = ended(exit_code, {ExitKind::unknown, 0, ExecStage::none});
    EXPECT_EQ(text_of(ending_of(machine, {}, Above::nobody)), "code 1, signal 0");
}

/// Ready once, crashed, started again by us, and now without READY=1 for too long.
Machine second_start_in_vain(const Policy& policy) {
    const What events[] = {StartRequested{}, NotifiedReady{}, MainExited{killed(SIGSEGV), true},
                           TimerElapsed{},   TimerElapsed{},  MainExited{killed(SIGTERM), true}};
    Machine machine;
    for (const What& what : events) {
        const bool timer = std::holds_alternative<TimerElapsed>(what);
        machine = step(machine, policy, Event{timer ? machine.deadline : seconds(1), what}).next;
    }
    return machine;
}

TEST(Failure, OfALaterStartIsThatOfAStart) {
    Policy policy;
    policy.type = ServiceType::notify;
    policy.restart = Restart::on_abort; // which a timeout is not
    const Machine machine = second_start_in_vain(policy);
    ASSERT_EQ(name_of(machine.state), "failed");
    EXPECT_EQ(describe_failure(machine, policy, ""),
              "no READY=1 within 1min 30s (result 'timeout')");
    EXPECT_EQ(ending_of(machine, policy, Above::nobody), (Ending{1, 0})) << "the SIGTERM was ours";
}

} // namespace
} // namespace amphid
