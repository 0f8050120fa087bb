// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/log_settings.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace amphid {

/// A line that is longer than this is cut where a file would grow beyond its limit by as much.
constexpr std::uint64_t longest_log_line = std::uint64_t{1} << 20;

/// How much of a text goes into the current log file, and whether the file is full then.
struct Portion {
    std::size_t size = 0;
    bool full = false;
};

/// A file of `written` bytes ends with the last line that fits below `limit`. The line that it ends
/// in (`begins_line` is false) is finished, even beyond the limit, unless it is too long.
Portion portion_of(std::string_view text, std::uint64_t written, bool begins_line,
                   std::uint64_t limit);

/// The same in bytes of `text` where that stamp is going to stand before each line.
Portion portion_of_stamped(std::string_view text, std::string_view stamp, std::uint64_t written,
                           bool begins_line, std::uint64_t limit);

/// True where the times lie in different periods of that length, counted from the epoch.
bool is_of_another_period(TimeSpan last, TimeSpan now, TimeSpan period);

/// What stands before a line: "2026-11-26T13:27:07.123456Z " of CLOCK_REALTIME, or
/// "[   12.345678] " of CLOCK_MONOTONIC.
std::string log_stamp(LogTimestamps kind, TimeSpan realtime, TimeSpan monotonic);

/// The text with the stamp before each line that begins in it.
std::string stamp_lines(std::string_view text, std::string_view stamp, bool begins_line);

} // namespace amphid
