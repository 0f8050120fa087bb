// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/expand.h"
#include "plan/words.h"

#include <string>
#include <sys/types.h>

namespace amphid {

/// Where a standard stream of the service goes; `path` for file, append and truncate.
struct Output {
    OutputKind kind = OutputKind::automatic;
    std::string path;
    friend bool operator==(const Output&, const Output&) = default;
};

/// What every process of the service starts with, its main process and its hooks alike
/// (systemd.exec(5)).
struct ExecContext {
    std::string working_directory; // empty: ours
    mode_t umask = 0022;
    /// What each process starts from; INVOCATION_ID, NOTIFY_SOCKET and SYSTEMD_EXEC_PID are added
    /// at each spawn.
    Environment environment;
    /// The manager's INVOCATION_ID stays, ours would hide the unit's log lines.
    bool keep_invocation_id = false;
    Output standard_output;
    /// automatic: a pipe of ours that keeps the last words.
    Output standard_error;
    /// Standard error is standard output's descriptor (systemd's StandardError=inherit).
    bool error_joins_output = false;
};

} // namespace amphid
