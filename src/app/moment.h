// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"

#include <optional>
#include <string_view>

namespace amphid {

/// A moment of CLOCK_REALTIME as journalctl(1) takes it for --since: "2026-11-26 13:27:07" and
/// shorter, "13:27", "today", "yesterday", "now", "@SECONDS", "-1h", "1h ago". Without a zone it is
/// the local one, with a "Z" at the end UTC. Nothing for anything else.
std::optional<TimeSpan> parse_moment(std::string_view text, TimeSpan now);

} // namespace amphid
