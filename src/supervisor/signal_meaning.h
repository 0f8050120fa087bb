// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/plan.h"

#include <cstdint>
#include <sys/signalfd.h>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// What the meaning of a signal depends on.
struct SignalFacts {
    pid_t self = 0;
    pid_t parent = 0;
    bool has_terminal = false;
    bool service_is_apart = false; // not in our process group, so that it does not get the signal
    bool group_had_it = false;     // it was sent to the whole group
    bool terminal_is_gone = false; // it has hung up
    bool ignores_hang_up = false;  // nohup(1)
    bool we_are_pid_1 = false;
    int kill_signal = 0;          // of the configuration
    bool manager_watches = false; // the parent may send its watchdog's SIGABRT
};

enum class SignalMeaning : std::uint8_t {
    nothing,
    stop,
    stop_for_restart,
    stop_of_group, // the service got the signal, too
    interrupt,     // ^C: the service got it, too
    reload,
    look,     // a command misses our files, or has moved the log file
    watchdog, // of the manager above us
    child,
    forward, // to the main process
    suspend, // ^Z and the like: the service got it, too
};

/// The number that the signal is taken for; 0: for none. Only those of kill(2) are rewritten: what
/// the kernel or the terminal sends is a fact, what a command of ours sends (sigqueue(3)) is meant.
int rewritten_signal(const signalfd_siginfo& info, const std::vector<SignalRewrite>& rewrites);

/// What a signal to the launcher means. Pure.
SignalMeaning meaning_of(const signalfd_siginfo& info, const SignalFacts& facts);

} // namespace amphid
