// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/log_settings.h"

#include <cstdint>
#include <span>
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

/// Up to and including the end of the first line; everything if there is none.
std::size_t size_of_line(std::string_view text);

/// True if the times are in different periods of that length, counted from the epoch.
bool is_of_another_period(TimeSpan last, TimeSpan now, TimeSpan period);

/// The timestamp of a line: "2026-11-26T13:27:07.123456Z " of CLOCK_REALTIME, or "[ 12.345678] " of
/// CLOCK_MONOTONIC.
std::string log_stamp(LogTimestamps kind, TimeSpan realtime, TimeSpan monotonic);

/// The stream that a line came from.
enum class LogStream : std::uint8_t { output, error };

/// What stands before a line where the streams are told apart.
constexpr std::string_view log_prefix(LogStream stream) {
    return stream == LogStream::output ? "stdout: " : "stderr: ";
}

/// How much was read of a text, and how much that has become with the stamps.
struct Stamped {
    std::size_t read = 0;
    std::size_t written = 0;
};

/// Puts as much of the text into the buffer as there is room for, with the stamp before each line
/// that begins in it; a line's beginning is never separated from its stamp.
Stamped stamp_lines(std::string_view text, std::string_view stamp, bool begins_line,
                    std::span<char> buffer);

/// The same as a text of its own, whole.
std::string stamp_lines(std::string_view text, std::string_view stamp, bool begins_line);

} // namespace amphid
