// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"

#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// What a message of sd_notify(3) says, as far as it is acted on here. Unknown lines are passed
/// over.
struct NotifyMessage {
    bool ready = false;
    bool stopping = false;
    /// RELOADING=1, with its MONOTONIC_USEC; without one systemd takes it for no answer to a
    /// reload.
    std::optional<TimeSpan> reloading;
    std::optional<std::string> status;
    std::optional<TimeSpan> extend;
};

/// Reads the lines "KEY=VALUE". Keys match exactly; a STATUS that is not UTF-8 is ignored; STOPPING
/// wins over READY (systemd since 253).
NotifyMessage parse_notification(std::string_view text);

} // namespace amphid
