// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/signal_meaning.h"

#include "os/process.h"

#include <cstdint>
#include <gtest/gtest.h>

#include <csignal>

namespace amphid {
namespace {

using enum SignalMeaning;

constexpr pid_t self = 10;
constexpr pid_t parent = 9;
constexpr pid_t somebody = 77;

signalfd_siginfo sent(int signal, int code, pid_t by = somebody) {
    signalfd_siginfo out{};
    out.ssi_signo = static_cast<std::uint32_t>(signal);
    out.ssi_code = code;
    out.ssi_pid = static_cast<std::uint32_t>(by);
    return out;
}
SignalFacts facts() {
    SignalFacts out;
    out.self = self;
    out.parent = parent;
    return out;
}
SignalFacts in_terminal() {
    SignalFacts out = facts();
    out.has_terminal = true;
    return out;
}

TEST(TakenFor, OnlyWhatSomebodyHasSent) {
    const std::vector<SignalRewrite> rewrites{{SIGTERM, SIGQUIT}, {SIGHUP, 0}};
    EXPECT_EQ(rewritten_signal(sent(SIGTERM, SI_USER), rewrites), SIGQUIT);
    EXPECT_EQ(rewritten_signal(sent(SIGTERM, SI_TKILL), rewrites), SIGQUIT);
    EXPECT_EQ(rewritten_signal(sent(SIGHUP, SI_USER), rewrites), 0);
    EXPECT_EQ(rewritten_signal(sent(SIGHUP, SI_KERNEL), rewrites), SIGHUP) << "the terminal's";
    EXPECT_EQ(rewritten_signal(sent(SIGTERM, SI_QUEUE), rewrites), SIGTERM) << "amphid stop's";
    EXPECT_EQ(rewritten_signal(sent(SIGINT, SI_USER), rewrites), SIGINT);
    EXPECT_EQ(rewritten_signal(sent(SIGTERM, SI_USER), {}), SIGTERM);
}

TEST(MeaningOf, TermAndIntStop) {
    EXPECT_EQ(meaning_of(sent(SIGTERM, SI_USER), facts()), stop);
    EXPECT_EQ(meaning_of(sent(SIGINT, SI_USER), facts()), stop);
    EXPECT_EQ(meaning_of(sent(SIGINT, SI_USER), in_terminal()), stop);
}

TEST(MeaningOf, ARestartIsToldByAWord) {
    auto info = sent(SIGTERM, SI_QUEUE);
    info.ssi_int = restart_word;
    EXPECT_EQ(meaning_of(info, facts()), stop_for_restart);
    info.ssi_code = SI_USER;
    EXPECT_EQ(meaning_of(info, facts()), stop);
}

TEST(MeaningOf, ACommandThatMissesTheFilesSaysSo) {
    auto info = sent(SIGCONT, SI_QUEUE);
    info.ssi_int = look_word;
    EXPECT_EQ(meaning_of(info, facts()), look);
    info.ssi_code = SI_USER;
    EXPECT_EQ(meaning_of(info, facts()), forward);
}

TEST(MeaningOf, ControlCIsTheServicesToo) {
    EXPECT_EQ(meaning_of(sent(SIGINT, SI_KERNEL), in_terminal()), interrupt);
}

TEST(MeaningOf, HangUpOfTheTerminalStopsAndAnyOtherReloads) {
    EXPECT_EQ(meaning_of(sent(SIGHUP, SI_USER), facts()), reload);
    EXPECT_EQ(meaning_of(sent(SIGHUP, SI_USER), in_terminal()), reload);
    EXPECT_EQ(meaning_of(sent(SIGHUP, SI_KERNEL), in_terminal()), stop);
    SignalFacts gone = in_terminal();
    gone.terminal_is_gone = true;
    EXPECT_EQ(meaning_of(sent(SIGHUP, SI_USER), gone), stop) << "a shell passes it on to its jobs";
}

TEST(MeaningOf, HangUpIsNothingUnderNohup) {
    SignalFacts nohup = facts();
    nohup.has_terminal = nohup.service_is_apart = nohup.ignores_hang_up = true;
    EXPECT_EQ(meaning_of(sent(SIGHUP, SI_KERNEL), nohup), nothing);
    EXPECT_EQ(meaning_of(sent(SIGHUP, SI_USER), nohup), reload);
    nohup.terminal_is_gone = true;
    EXPECT_EQ(meaning_of(sent(SIGHUP, SI_USER, parent), nohup), nothing) << "the shell's";
    EXPECT_EQ(meaning_of(sent(SIGHUP, SI_USER), nohup), reload);
}

TEST(MeaningOf, WhatTheWholeGroupHasGotIsNotPassedOn) {
    SignalFacts group = in_terminal();
    group.group_had_it = true;
    group.kill_signal = SIGTERM;
    EXPECT_EQ(meaning_of(sent(SIGTERM, SI_USER), group), stop_of_group);
    EXPECT_EQ(meaning_of(sent(SIGUSR1, SI_USER), group), nothing);
    EXPECT_EQ(meaning_of(sent(SIGHUP, SI_USER), group), nothing);
    group.kill_signal = SIGQUIT;
    EXPECT_EQ(meaning_of(sent(SIGTERM, SI_USER), group), stop) << "it still waits for SIGQUIT";
}

TEST(MeaningOf, AbortOfTheManagerIsItsWatchdogs) {
    SignalFacts watched = facts();
    watched.manager_watches = true;
    EXPECT_EQ(meaning_of(sent(SIGABRT, SI_USER, parent), watched), watchdog);
    EXPECT_EQ(meaning_of(sent(SIGABRT, SI_USER), watched), forward);
    EXPECT_EQ(meaning_of(sent(SIGABRT, SI_USER, parent), facts()), forward);
}

TEST(MeaningOf, WhatTheTerminalStopsStopsUsToo) {
    for (const int signal : {SIGTSTP, SIGTTIN, SIGTTOU}) {
        EXPECT_EQ(meaning_of(sent(signal, SI_KERNEL), in_terminal()), suspend);
        EXPECT_EQ(meaning_of(sent(signal, SI_USER), in_terminal()), forward)
            << "gunicorn changes its number of workers with them";
        EXPECT_EQ(meaning_of(sent(signal, SI_USER), facts()), forward);
    }
}

TEST(MeaningOf, AContainerIsStoppedByItsSignal) {
    SignalFacts first = facts();
    first.we_are_pid_1 = true;
    first.kill_signal = SIGQUIT;
    EXPECT_EQ(meaning_of(sent(SIGQUIT, SI_USER), first), stop);
    EXPECT_EQ(meaning_of(sent(SIGRTMIN + 3, SI_USER), first), stop);
    EXPECT_EQ(meaning_of(sent(SIGWINCH, SI_USER), first), forward);
    first.kill_signal = SIGHUP;
    EXPECT_EQ(meaning_of(sent(SIGHUP, SI_USER), first), reload);
    EXPECT_EQ(meaning_of(sent(SIGQUIT, SI_USER), facts()), forward);
}

TEST(MeaningOf, EverythingElseIsTheServices) {
    for (const int signal : {SIGUSR1, SIGUSR2, SIGQUIT, SIGWINCH, SIGRTMIN + 7}) {
        EXPECT_EQ(meaning_of(sent(signal, SI_USER), facts()), forward);
        EXPECT_EQ(meaning_of(sent(signal, SI_KERNEL), in_terminal()), nothing)
            << "the service has it from the terminal";
        EXPECT_EQ(meaning_of(sent(signal, SI_TKILL, self), facts()), nothing) << "our own";
    }
    EXPECT_EQ(meaning_of(sent(SIGCHLD, CLD_EXITED), facts()), child);
}

} // namespace
} // namespace amphid
