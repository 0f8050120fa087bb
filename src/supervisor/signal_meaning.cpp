// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/signal_meaning.h"

#include "os/process.h"

#include <algorithm>
#include <csignal>

namespace amphid {

namespace {

SignalMeaning of_hang_up(const signalfd_siginfo& info, const SignalFacts& facts) {
    // A shell passes the hang-up of its terminal on to its jobs.
    const bool from_shell =
        facts.terminal_is_gone &&
        (!facts.service_is_apart || info.ssi_pid == static_cast<unsigned>(facts.parent));
    if (info.ssi_code != SI_KERNEL && !from_shell) {
        return facts.group_had_it ? SignalMeaning::nothing : SignalMeaning::reload;
    }
    return facts.ignores_hang_up ? SignalMeaning::nothing : SignalMeaning::stop;
}

SignalMeaning of_term(const signalfd_siginfo& info, const SignalFacts& facts) {
    if (info.ssi_code == SI_QUEUE && info.ssi_int == restart_word) {
        return SignalMeaning::stop_for_restart;
    }
    // If kill-signal is another one the service still has to get that.
    const bool had_it = facts.group_had_it && facts.kill_signal == SIGTERM;
    return had_it ? SignalMeaning::stop_of_group : SignalMeaning::stop;
}

/// A container is stopped with the signal of its image or with that of systemd's containers. HUP
/// stays a reload, INT may be the terminal's.
bool stops_container(int signal, const SignalFacts& facts) {
    const bool has_meaning =
        signal == SIGHUP || signal == SIGINT || signal == SIGTERM || signal == SIGCHLD;
    return facts.we_are_pid_1 && !has_meaning &&
           (signal == facts.kill_signal || signal == SIGRTMIN + 3);
}

} // namespace

int rewritten_signal(const signalfd_siginfo& info, const std::vector<SignalRewrite>& rewrites) {
    const int signal = static_cast<int>(info.ssi_signo);
    const auto found =
        std::find_if(rewrites.begin(), rewrites.end(),
                     [signal](const SignalRewrite& one) { return one.from == signal; });
    return found == rewrites.end() || info.ssi_code > 0 || info.ssi_code == SI_QUEUE ? signal
                                                                                     : found->to;
}

SignalMeaning meaning_of(const signalfd_siginfo& info, const SignalFacts& facts) {
    const int signal = static_cast<int>(info.ssi_signo);
    const bool from_kernel = info.ssi_code == SI_KERNEL;
    const bool from_terminal = from_kernel && facts.has_terminal && !facts.service_is_apart;
    if (stops_container(signal, facts)) {
        return SignalMeaning::stop;
    }
    switch (signal) {
    case SIGINT:
        return from_terminal ? SignalMeaning::interrupt : SignalMeaning::stop;
    case SIGTERM:
        return of_term(info, facts);
    case SIGHUP:
        return of_hang_up(info, facts);
    case SIGCHLD:
        return SignalMeaning::child;
    case SIGCONT:
        if (info.ssi_code == SI_QUEUE && info.ssi_int == look_word) {
            return SignalMeaning::look;
        }
        break;
    case SIGABRT:
        if (facts.manager_watches && info.ssi_code == SI_USER &&
            info.ssi_pid == static_cast<unsigned>(facts.parent)) {
            return SignalMeaning::watchdog;
        }
        break;
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
        // The terminal sends its signals to the whole group.
        if (from_kernel) {
            return facts.has_terminal ? SignalMeaning::suspend : SignalMeaning::nothing;
        }
        break;
    default:
        break;
    }
    const bool our_own = info.ssi_code <= 0 && info.ssi_pid == static_cast<unsigned>(facts.self);
    const bool had_it = from_terminal || facts.group_had_it;
    return our_own || had_it ? SignalMeaning::nothing : SignalMeaning::forward;
}

} // namespace amphid
