// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <optional>
#include <sys/signalfd.h>

namespace amphid {

/// Blocks every signal and returns a signalfd(2) to read them from. Throws OsError.
Fd open_signals();

/// The next signal; nullopt if none is pending.
std::optional<signalfd_siginfo> next_signal(const Fd& signals);

/// Ends this process by that signal, without a core of ours.
[[noreturn]] void die_by_signal(int signal);

} // namespace amphid
