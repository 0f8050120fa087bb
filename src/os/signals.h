// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <optional>
#include <sys/signalfd.h>

namespace amphid {

/// Blocks every signal, so that each becomes a read from the descriptor that is returned
/// (signalfd(2)). Throws OsError.
Fd open_signals();

/// The next signal; nothing where none waits.
std::optional<signalfd_siginfo> next_signal(const Fd& signals);

/// Ends this process by that signal, without a core of ours.
[[noreturn]] void die_by_signal(int signal);

} // namespace amphid
