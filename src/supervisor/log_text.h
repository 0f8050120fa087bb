// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/log_settings.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace amphid {

/// A line that is longer than this is split when it would make the file exceed its limit by as
/// much.
constexpr std::uint64_t longest_log_line = std::uint64_t{1} << 20;

/// How much of a text goes into the current log file, and whether that fills it.
struct Portion {
    std::size_t size = 0;
    bool full = false;
};

/// A file of `written` bytes ends with the last line that fits below `limit`. A line that was
/// started in it (`begins_line` is false) is finished even beyond the limit, unless it is too long.
Portion portion_of(std::string_view text, std::uint64_t written, bool begins_line,
                   std::uint64_t limit);

/// The same in bytes of `text` if that stamp will be put before each line.
Portion portion_of_stamped(std::string_view text, std::string_view stamp, std::uint64_t written,
                           bool begins_line, std::uint64_t limit);

/// True if the times are in different periods of that length, counted from the epoch.
bool is_of_another_period(TimeSpan last, TimeSpan now, TimeSpan period);

/// The timestamp of a line: "2026-11-26T13:27:07.123456Z " of CLOCK_REALTIME, or "[ 12.345678] " of
/// CLOCK_MONOTONIC.
std::string log_stamp(LogTimestamps kind, TimeSpan realtime, TimeSpan monotonic);

/// Puts the stamp before each line that begins in the text.
std::string stamp_lines(std::string_view text, std::string_view stamp, bool begins_line);

} // namespace amphid
