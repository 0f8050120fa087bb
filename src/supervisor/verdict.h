// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/exit_code.h"
#include "os/fd.h"

#include <optional>
#include <string>

namespace amphid {

/// What the daemon tells the command that started it, through the startup pipe: the exit code and
/// the words for the person.
struct Verdict {
    ExitCode code = ExitCode::failure;
    std::string text;
};

/// Sends it; only the first one counts. The pipe of a success is closed at once. That of a failure
/// stays open until the daemon is gone, so that who reads to its end finds nothing of it left.
void send_verdict(Fd& pipe, const Verdict& verdict);

/// Wakes the reader without a word.
void send_wake(const Fd& pipe);

/// Reads what has been sent until the pipe's end; nothing where the daemon died without a word.
std::optional<Verdict> receive_verdict(const Fd& pipe);

} // namespace amphid
