// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// Reads a signal as systemd does: a number ("15"), a name with or without SIG ("SIGTERM", "TERM"),
/// or a real-time signal counted from either end ("SIGRTMIN+3", "RTMAX-1", "RTMIN"). Names are in
/// capitals. Returns nullopt for anything that is not a signal here.
std::optional<int> parse_signal(std::string_view text);

/// The signal that a misspelt name most likely means; empty if none is close.
std::string nearest_signal(std::string_view text);

/// The signal's name with SIG ("SIGTERM", "SIGRTMIN+3"), or the number in digits if it has no name.
std::string signal_name(int signal);

} // namespace amphid
