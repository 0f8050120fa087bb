// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_view.h"

#include "app/console.h"
#include "app/moment.h"
#include "base/text.h"
#include "supervisor/log_text.h"

#include <array>

namespace amphid {

namespace {

std::optional<TimeSpan> moment_in(std::string_view option, const std::string& text, TimeSpan now) {
    if (text.empty()) {
        return std::nullopt;
    }
    const auto moment = parse_moment(text, now);
    if (!moment) {
        throw Failure(ExitCode::usage,
                      concat("logs: --", option, ": '", text, "' is not a valid time"));
    }
    return moment;
}

std::string text_of_moment(std::optional<TimeSpan> moment) {
    return moment ? time_text(*moment) : std::string();
}

} // namespace

std::string time_text(TimeSpan moment) {
    std::string stamp = log_stamp(LogTimestamps::rfc3339, moment, {});
    stamp.pop_back(); // the blank
    return stamp;
}

LogEntry parse_log_line(std::string_view service, std::string_view line, bool has_times) {
    const auto blank = has_times ? line.find(' ') : std::string_view::npos;
    if (blank == std::string_view::npos) {
        return {std::string(service), {}, std::string(line)};
    }
    return {std::string(service), std::string(line.substr(0, blank)),
            std::string(line.substr(blank + 1))};
}

std::string format_log_entry(const LogEntry& entry, LogFormat format, bool named) {
    switch (format) {
    case LogFormat::json:
        return concat("{\"service\": ", json_string(entry.service),
                      entry.time.empty() ? "" : concat(", \"time\": ", json_string(entry.time)),
                      ", \"message\": ", json_string(entry.text), "}\n");
    case LogFormat::cat:
        return concat(entry.text, '\n');
    case LogFormat::short_:
        break;
    }
    return concat(entry.time, entry.time.empty() ? "" : " ", named ? entry.service : "",
                  named ? ": " : "", entry.text, '\n');
}

LogFilter::LogFilter(const Arguments& arguments, TimeSpan now)
    : since_moment_(moment_in("since", arguments.since, now).value_or(TimeSpan{})),
      since_(arguments.since.empty() ? "" : time_text(since_moment_)),
      until_(text_of_moment(moment_in("until", arguments.until, now))) {
    if (arguments.grep.empty()) {
        return;
    }
    regex_t pattern;
    const int error = ::regcomp(&pattern, arguments.grep.c_str(), REG_EXTENDED | REG_NOSUB);
    if (error != 0) {
        std::array<char, 128> words{};
        ::regerror(error, &pattern, words.data(), words.size());
        throw Failure(ExitCode::usage,
                      concat("logs: --grep: '", arguments.grep,
                             "' is not an extended regular expression: ", words.data()));
    }
    pattern_ = pattern;
}

LogFilter::~LogFilter() {
    if (pattern_) {
        ::regfree(&*pattern_);
    }
}

bool LogFilter::shows(const LogEntry& entry) const {
    if ((!since_.empty() && entry.time < since_) || (!until_.empty() && entry.time > until_)) {
        return false;
    }
    return !pattern_ || ::regexec(&*pattern_, entry.text.c_str(), 0, nullptr, 0) == 0;
}

} // namespace amphid
