// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "os/fd.h"

#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// The older files of a log in that directory, the oldest first, compressed ones too
/// (plan/log_names.h).
std::vector<std::string> older_logs(const std::string& directory, std::string_view name);

/// Opens the directory of a log file, which may belong to somebody else but must not be reached
/// through links that somebody else could change. Throws OsError.
Fd open_log_directory(const std::string& path);

/// Gives the current file its name as an older one, which is later than those of all others;
/// returns it. Throws OsError.
std::string rotate_log(int directory, const std::string& name, TimeSpan now);

/// Removes the oldest of them, plain or compressed, until no more than `keep` are left. Throws
/// OsError.
void remove_oldest_logs(int directory, const std::string& name, unsigned keep);

} // namespace amphid
