// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "os/fd.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// "NAME.20261126T132707.123456Z": what a log file is called once it was rotated at that time of
/// CLOCK_REALTIME. Such names sort by their time.
std::string older_log_name(std::string_view name, TimeSpan when);

/// The time in such a name; nothing where it is none of this log's.
std::optional<TimeSpan> time_in_log_name(std::string_view name, std::string_view older);

/// The older files of a log in that directory, the oldest first.
std::vector<std::string> older_logs(const std::string& directory, std::string_view name);

/// Opens the directory of a log file, which may belong to somebody else but must not be reached
/// through links that somebody else could change. Throws OsError.
Fd open_log_directory(const std::string& path);

/// Gives the current file its name as an older one, which is later than those of all others;
/// returns it. Throws OsError.
std::string rotate_log(int directory, const std::string& name, TimeSpan now);

/// Removes the oldest of them, until no more than `keep` are left. Throws OsError.
void remove_oldest_logs(int directory, const std::string& name, unsigned keep);

} // namespace amphid
