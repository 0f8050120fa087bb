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

/// "NAME.20261126T132707.123456Z": the name of a log file that was rotated at that time of
/// CLOCK_REALTIME. Such names sort by their time.
std::string older_log_name(std::string_view name, TimeSpan when);

/// The time in such a name; nullopt if it is not one of this log's.
std::optional<TimeSpan> time_in_log_name(std::string_view name, std::string_view older);

/// The rotated files of a log in that directory, oldest first.
std::vector<std::string> older_logs(const std::string& directory, std::string_view name);

/// Opens the directory of a log file, which may belong to somebody else, but not through links that
/// somebody else could change. Throws OsError.
Fd open_log_directory(const std::string& path);

/// Renames the current file to a rotated one, with a name later than all others, and returns that
/// name. Throws OsError.
std::string rotate_log(int directory, const std::string& name, TimeSpan now);

/// Removes the oldest rotated files until no more than `keep` are left. Throws OsError.
void remove_oldest_logs(int directory, const std::string& name, unsigned keep);

} // namespace amphid
