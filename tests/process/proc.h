// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// What /proc says about other processes.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace amphid::test {

/// Lines `key=value` (the value escaped as in the state file), or `key:<tab>value`.
using Fields = std::map<std::string, std::string>;

Fields parse_fields(std::string_view text, std::string_view separator = "=");

/// The fields of proc_pid_stat(5) that the tests ask for.
struct ProcStat {
    char state = '?';
    pid_t ppid = 0;
    pid_t pgrp = 0;
    pid_t session = 0;
    int tty = 0;
    pid_t foreground_group = 0;
    std::uint64_t start_time = 0;
};

/// Nothing when there is no such process.
std::optional<ProcStat> stat_of(pid_t pid);

/// True for a process that exists and is not a zombie.
bool is_alive(pid_t pid);

/// Processes below this one, parents before their children; zombies only when asked for.
std::vector<pid_t> descendants_of(pid_t pid, bool with_zombies = false);

/// The direct children, zombies left out.
std::vector<pid_t> children_of(pid_t pid);

/// Where each open descriptor of the process leads.
std::map<int, std::string> descriptors_of(pid_t pid);

/// /proc/PID/status by name: `SigIgn`, `Umask`, `Threads`…
Fields status_of(pid_t pid);

/// The command line with blanks between the words.
std::string command_line_of(pid_t pid);

/// A line of what holds a process up, for the message of a wait in vain: its state, where it
/// sleeps in the kernel, its signals that are pending, blocked, ignored and caught.
std::string predicament_of(pid_t pid);

/// The environment that the process was executed with.
Fields environment_of(pid_t pid);

/// True when the signal's bit is set in a mask as /proc/PID/status writes it.
bool mask_has(const std::string& hexadecimal, int signal);

} // namespace amphid::test
