// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"
#include "base/time_span.h"

#include <optional>
#include <regex.h>
#include <string>
#include <string_view>

namespace amphid {

/// A parsed line of a log.
struct LogEntry {
    std::string service;
    std::string time; // RFC 3339, UTC; empty: none
    std::string text;
};

/// The time of an entry at that moment of CLOCK_REALTIME.
std::string time_text(TimeSpan moment);

/// `line` of a log whose lines have such times, or have none.
LogEntry parse_log_line(std::string_view service, std::string_view line, bool has_times);

/// Formats it for `amphid logs -o`. `named`: prefixed with the service's name.
std::string format_log_entry(const LogEntry& entry, LogFormat format, bool named);

/// Decides which lines are shown. Throws Failure for invalid options.
class LogFilter {
public:
    LogFilter(const Arguments& arguments, TimeSpan now);
    ~LogFilter();
    LogFilter(const LogFilter&) = delete;
    LogFilter& operator=(const LogFilter&) = delete;

    /// True if it depends on times.
    bool has_times() const { return !since_.empty() || !until_.empty(); }
    /// Nothing before this moment is shown.
    TimeSpan since() const { return since_moment_; }
    bool shows(const LogEntry& entry) const;

private:
    TimeSpan since_moment_;
    std::string since_; // as LogEntry::time; empty: no limit
    std::string until_;
    std::optional<regex_t> pattern_;
};

} // namespace amphid
