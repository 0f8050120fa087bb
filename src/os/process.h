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

/// What proc_pid_stat(5) says of a process.
struct ProcessStat {
    char state = 0; // 'Z' for a zombie
    int ppid = 0;
    int group = 0;
    int session = 0; // the PID of the process that made it, which no other gets while it lasts
    std::uint64_t start_time = 0; // by the boot clock of the machine, whatever our own shows
    int exit_signal = 0;          // what its death sends to its parent
};

std::optional<ProcessStat> read_stat(int pid);

/// What proc(5) adds to the start times that it shows us, since we are in a time namespace
/// (time_namespaces(7)): two that are in different ones must agree on who is who.
std::uint64_t start_time_offset();

/// /proc/sys/kernel/random/boot_id; empty where it cannot be read.
std::string read_boot_id();

/// False where that boot id is another boot's. One that could not be read, then or now, proves
/// nothing: the start times decide.
bool may_be_this_boot(const std::string& boot_id);

/// proc_pid_status(5); empty where the process is gone.
std::string read_status(int pid);

/// What stands behind "NAME:" in it, a view into it; empty where nothing does.
std::string_view status_field(std::string_view status, std::string_view name);

/// True where the process ignores that signal (SigIgn of proc_pid_status(5)).
bool ignores(int pid, int signal);

/// True where that signal was sent to the process and is blocked there (ShdPnd).
bool has_pending(int pid, int signal);

/// True where that signal, sent to the process, would end (or stop) it: the process neither catches
/// nor ignores it, the kernel does not ignore it by default, and the thread that the kernel would
/// pick neither blocks it nor waits for it in sigwait(3). Where we may not look into a thread that
/// does not block the signal, it counts as one that does not wait for it.
bool dies_of(int pid, int signal);

/// The process that has this number now; start time 0 where it is gone.
ProcessId identify(int pid, const std::string& boot_id);

/// The number that MAINPIDFDID= means: the inode of its pidfd, where the kernel has one for each
/// process (Linux 6.9).
std::optional<std::uint64_t> pidfd_id(int pid);

/// A pidfd of exactly that process; an empty one where it is gone (a zombie is).
/// Throws OsError where nobody can tell: what cannot be looked at is not gone.
Fd open_process(const ProcessId& id);

/// The same, empty also where nobody can tell.
Fd try_open_process(const ProcessId& id);

/// True where the signal was sent; false with errno, ESRCH for a process that is gone.
bool send_signal(const Fd& process, int signal);

/// The same with the credentials of that user where we are root and it is not: whoever claims that
/// a process is a service of his may signal no more than he could himself. `word` goes along as
/// sigqueue(3)'s value.
bool send_signal_as(uid_t owner, const Fd& process, int signal, int word = 0);

/// The word of a SIGTERM that stops a service for a restart; 0 says nothing.
constexpr int restart_word = 1;

/// The word of a SIGCONT that asks a launcher to write its files anew.
constexpr int look_word = 2;

/// True where that status of waitpid(2) is an end. A process may have made its parent its tracer
/// (PTRACE_TRACEME); of such a one each signal is told as a stop, which is none of our affair: it
/// is let go again, and goes on with that signal.
bool is_end(int pid, int status);

/// True while no other process can have its number: it lives or nobody has reaped it.
bool has_its_number(const Fd& process);

/// Waits until the process ends, at most this long (milliseconds, negative: for ever). True where
/// it has ended.
bool await_end(const Fd& process, int timeout_ms);

} // namespace amphid
