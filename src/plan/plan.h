// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/command.h"
#include "plan/expand.h"
#include "plan/policy.h"
#include "plan/words.h"

#include <csignal>
#include <string>
#include <sys/types.h>

namespace amphid {

/// Where a standard stream of the service goes; `path` for file, append and truncate.
struct Output {
    OutputKind kind = OutputKind::automatic;
    std::string path;
    friend bool operator==(const Output&, const Output&) = default;
};

/// The files of a service, all absolute; `directory` holds lock, state and notify under these
/// names.
struct Paths {
    std::string directory;
    std::string pid_file;
    std::string service_pid_file; // empty: none asked for
};

/// Who is told that the service is ready.
enum class Announce : std::uint8_t { nobody, starting_command, manager };

/// Everything that the resident launcher knows of its service: the outcome of configuration and
/// host facts, as plain values. The two lifecycles are its first three fields.
struct Plan {
    bool detach = false;
    Announce announce = Announce::nobody;
    // The third field is Policy::restart_is_ours.
    Policy policy;

    std::string name;
    std::string config; // the file's absolute path
    Paths paths;
    std::string unit; // the unit that systemd started us as; empty otherwise
    Manager manager = Manager::none;

    Command exec_start;
    int kill_signal = SIGTERM;
    int reload_signal = SIGHUP;
    NotifyAccess notify_access = NotifyAccess::none;
    std::string working_directory; // empty: ours
    mode_t umask = 0022;
    /// What each process of the service starts from; INVOCATION_ID, NOTIFY_SOCKET and
    /// SYSTEMD_EXEC_PID are added at each spawn.
    Environment environment;
    /// The manager's INVOCATION_ID stays, ours would hide the unit's log lines.
    bool keep_invocation_id = false;
    Output standard_output;
    /// automatic: a pipe of ours that keeps the last words.
    Output standard_error;
    /// Standard error is standard output's descriptor (systemd's StandardError=inherit).
    bool error_joins_output = false;
    bool we_are_pid_1 = false;
};

} // namespace amphid
