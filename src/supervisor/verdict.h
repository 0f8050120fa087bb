// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/exit_code.h"
#include "os/fd.h"

#include <optional>
#include <string>

namespace amphid {

/// What the daemon reports to the starting command through the startup pipe: the exit code and the
/// message.
struct Verdict {
    ExitCode code = ExitCode::failure;
    std::string text;
    /// Another command stopped the service and is about to start it again.
    bool restarts = false;
};

/// Sends it; only the first one counts. After a success the pipe is closed at once. After a failure
/// it stays open until the daemon has exited, so that a reader of the whole pipe finds nothing left
/// of it.
void send_verdict(Fd& pipe, const Verdict& verdict);

/// Wakes the reader without a verdict.
void send_wake(const Fd& pipe);

/// Reads to the end of the pipe; nullopt if the daemon died without a verdict. `after_wake`: what
/// it means that the daemon only woke us.
std::optional<Verdict> receive_verdict(const Fd& pipe,
                                       const std::optional<Verdict>& after_wake = std::nullopt);

} // namespace amphid
