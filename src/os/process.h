// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "plan/state.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace amphid {

/// Fields of proc_pid_stat(5).
struct ProcessStat {
    char state = 0; // 'Z' for a zombie
    int ppid = 0;
    int group = 0;
    int session = 0;              // the PID of its creator, not reused while the session exists
    std::uint64_t start_time = 0; // by the machine's boot clock, whatever time namespace we are in
    int exit_signal = 0;          // the signal sent to its parent when it dies
};

std::optional<ProcessStat> read_stat(int pid);

/// What proc(5) adds to the start times that we see because we are in a time namespace
/// (time_namespaces(7)). Without it, commands in different ones would take a process for another.
std::uint64_t start_time_offset();

/// True if it executes the same file as this process.
bool runs_our_program(int pid);

/// /proc/sys/kernel/random/boot_id; empty if it cannot be read.
std::string read_boot_id();

/// False if that boot id is from another boot. If it could not be read, then or now, it proves
/// nothing, and start times decide.
bool may_be_this_boot(const std::string& boot_id);

/// proc_pid_status(5); empty if the process is gone.
std::string read_status(int pid);

/// The value of "NAME:" in it, as a view into it; empty if there is none.
std::string_view status_field(std::string_view status, std::string_view name);

/// True if the process ignores that signal (SigIgn of proc_pid_status(5)).
bool ignores(int pid, int signal);

/// True if that signal is pending for the process (ShdPnd).
bool has_pending(int pid, int signal);

/// True if that signal would end (or stop) the process: it neither catches nor ignores it, the
/// kernel does not ignore it by default, and the thread that the kernel would pick neither blocks
/// it nor waits for it in sigwait(3). A thread that we may not inspect is assumed not to wait for
/// it.
bool dies_of(int pid, int signal);

/// The process that has this PID now; start time 0 if there is none.
ProcessId identify(int pid, const std::string& boot_id);

/// The number of MAINPIDFDID=: the inode of its pidfd, if the kernel has one per process (Linux
/// 6.9).
std::optional<std::uint64_t> pidfd_id(int pid);

/// A pidfd of exactly that process; empty if it is gone (or a zombie). Throws OsError if that
/// cannot be determined: a process that cannot be inspected is not taken for gone.
Fd open_process(const ProcessId& id);

/// The same, but empty if that cannot be determined.
Fd try_open_process(const ProcessId& id);

/// True if the signal was sent; false with errno, ESRCH if the process is gone.
bool send_signal(const Fd& process, int signal);

/// The same with the credentials of that user if we are root and it is not: a user's claim that a
/// process is his service lets him signal no more than he could himself. `word` is sent along as
/// the value of sigqueue(3), unless too many signals are queued for that user already.
bool send_signal_as(uid_t owner, const Fd& process, int signal, int word = 0);

/// The value of a SIGTERM that stops a service for a restart.
constexpr int restart_word = 1;

/// The value of a SIGCONT that asks a launcher to write its files again.
constexpr int look_word = 2;

/// The value of a SIGTERM from `amphid stop`, which no rewritten signal is to change.
constexpr int stop_word = 3;

/// True if that status of waitpid(2) means that the process has ended. A child that made its parent
/// the tracer (PTRACE_TRACEME) reports each signal as a stop: it is then continued with that
/// signal.
bool is_end(int pid, int status);

/// True while no other process can have its PID: it is alive or not reaped yet.
bool has_its_number(const Fd& process);

/// Waits until the process ends, at most this long (milliseconds, negative: for ever). True if it
/// has ended.
bool await_end(const Fd& process, int timeout_ms);

} // namespace amphid
