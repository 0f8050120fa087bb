// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/enum_names.h"
#include "base/time_span.h"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

namespace amphid {

/// The prefix of each line of a log file.
enum class LogTimestamps : std::uint8_t { none, rfc3339, monotonic };
constexpr auto enum_names(LogTimestamps) {
    return names_up_to<LogTimestamps::monotonic>("none", "rfc3339", "monotonic");
}

/// What rotated files are compressed with, by the program of that name.
enum class LogCompression : std::uint8_t { none, gzip, zstd };
constexpr auto enum_names(LogCompression) {
    return names_up_to<LogCompression::zstd>("none", "gzip", "zstd");
}

/// A log file that the launcher writes and rotates.
struct LogSettings {
    static constexpr std::uint64_t unlimited = ~std::uint64_t{0};

    std::string path; // absolute; empty: no log file
    std::uint64_t max_size = std::uint64_t{8} << 20;
    TimeSpan max_age = TimeSpan::infinity();
    unsigned keep = 3; // rotated files, besides the current one
    LogTimestamps timestamps = LogTimestamps::none;
    bool prefix = false; // "stdout: " or "stderr: " before each line
    LogCompression compress = LogCompression::none;
    mode_t mode = 0640;
    std::string user; // who owns new files; empty: nobody in particular
    std::string group;
    std::optional<uid_t> uid; // looked up from these
    std::optional<gid_t> gid;
    /// Nobody asked for it: opened with the first line, and done without where that fails.
    bool is_default = false;
};

} // namespace amphid
