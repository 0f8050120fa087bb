// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"

#include <optional>
#include <string_view>

namespace amphid {

/// A moment of CLOCK_REALTIME as journalctl(1) takes it for --since (systemd.time(7)):
/// "2026-11-26 13:27:07.5" and shorter, a weekday before that, "13:27", "today", "yesterday",
/// "tomorrow", "now", "@SECONDS", "-1h", "1h ago", "+1h". In local time, or in UTC with " UTC" or
/// "Z" at the end. Nothing for anything else.
std::optional<TimeSpan> parse_moment(std::string_view text, TimeSpan now);

} // namespace amphid
