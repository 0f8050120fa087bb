// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_feed.h"

#include "app/console.h"
#include "base/text.h"

#include <fcntl.h>

namespace amphid {

LogFeed::LogFeed(const LogSource& source, const Arguments& arguments, const LogFilter& filter)
    : service_(source.service), filter_(filter) {
    if (!source.file) {
        Arguments all = arguments; // grep is ours: it looks at every line of a message
        all.pager = false;
        all.grep.clear();
        child_.emplace(journalctl_command(all, source.journal, "short-unix"));
        if (arguments.follow) {
            ::fcntl(child_->fd(), F_SETFL, O_NONBLOCK);
        }
        has_times_ = true;
        return;
    }
    has_times_ = source.file->timestamps == LogTimestamps::rfc3339;
    if (filter.has_times() && !has_times_) {
        throw Failure(ExitCode::failure,
                      concat(service_, ": the lines of ", source.file->path,
                             " have no timestamps; set [log] timestamps = \"rfc3339\""));
    }
    reader_.emplace(source.file->path);
    if (!reader_->exists() && !arguments.follow) {
        throw Failure(ExitCode::failure, concat(service_, ": it has no output yet: ",
                                                source.file->path, " does not exist"));
    }
    reader_->skip_before(filter.since());
    if (arguments.lines && arguments.grep.empty() && arguments.until.empty()) {
        reader_->skip_to_last(*arguments.lines);
    }
}

std::optional<std::string> LogFeed::next_line() {
    if (reader_) {
        return reader_->next();
    }
    for (;;) {
        if (auto line = lines_.next()) {
            return line;
        }
        if (lines_.fill(child_->fd()) <= 0) {
            return std::nullopt;
        }
    }
}

LogEntry LogFeed::parse(const std::string& line) {
    if (reader_) {
        return parse_log_line(service_, line, has_times_);
    }
    JournalLine parsed = parse_journal_line(line);
    if (parsed.usec > 0) {
        last_time_ = time_text({parsed.usec});
    }
    return {service_, last_time_, std::move(parsed.text)};
}

std::optional<LogEntry> LogFeed::next() {
    while (const auto line = next_line()) {
        LogEntry entry = parse(*line);
        if (filter_.shows(entry)) {
            return entry;
        }
    }
    return std::nullopt;
}

std::optional<LogEntry> LogFeed::unfinished() {
    const auto line = reader_ ? reader_->unfinished() : lines_.rest();
    if (!line) {
        return std::nullopt;
    }
    LogEntry entry = parse(*line);
    return filter_.shows(entry) ? std::optional(std::move(entry)) : std::nullopt;
}

} // namespace amphid
