// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/log_reader.h"
#include "app/log_source.h"
#include "app/log_view.h"

#include <optional>
#include <string>

namespace amphid {

/// The lines of one service, from its files or from the journal, with their times where they have
/// some.
class LogFeed {
public:
    /// Throws OsError, and Failure for a question that these lines cannot answer.
    LogFeed(const LogSource& source, const Arguments& arguments, const LogFilter& filter);

    /// The next line that is to be shown; nothing where there is none for now. Waits for the
    /// journal's unless it is followed.
    std::optional<LogEntry> next();
    /// The line that has no end yet.
    std::optional<LogEntry> unfinished();

    /// Becomes readable when the journal has more; -1: these are files.
    int fd() const { return child_ ? child_->fd() : -1; }
    /// Of the files; empty: there are none.
    std::string directory() const { return reader_ ? reader_->directory() : std::string(); }

private:
    std::optional<std::string> next_line();
    LogEntry parse(const std::string& line);

    std::string service_;
    const LogFilter& filter_;
    bool has_times_ = false;
    std::optional<LogReader> reader_;
    std::optional<ReadingChild> child_;
    LineBuffer lines_;
    std::string last_time_; // of a message with further lines
};

} // namespace amphid
