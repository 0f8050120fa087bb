// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "plan/log_settings.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

// The names of a log's files: NAME is the current one, NAME.20261126T132707.123456Z one that was
// rotated at that time, UTC, and NAME.20261126T132707.123456Z.zst the same compressed. They sort by
// their time.

/// What a compressed file's name ends with: ".gz", ".zst"; empty for none.
std::string_view suffix_of(LogCompression compression);

/// A file's older name.
struct OlderLog {
    TimeSpan rotated; // of CLOCK_REALTIME
    LogCompression compression = LogCompression::none;
};

/// What the file is called once it was rotated at that time.
std::string older_log_name(std::string_view name, TimeSpan rotated);

/// The parts of such a name; nothing where it belongs to no older file of this log.
std::optional<OlderLog> parse_older_log(std::string_view name, std::string_view older);

/// The older files of a log among these names, the oldest first. A file that is there both plain
/// and compressed, as while it is being compressed, counts once: plain.
std::vector<std::string> older_logs_among(std::vector<std::string> names, std::string_view name);

/// Where a compressed file is written until it is complete. No older_logs_among() finds it.
std::string unfinished_name(std::string_view older, LogCompression compression);
/// True of such a name of this log.
bool is_unfinished(std::string_view name, std::string_view candidate);

} // namespace amphid
