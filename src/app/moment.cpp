// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/moment.h"

#include "base/text.h"

#include <algorithm>
#include <ctime>

namespace amphid {

namespace {

std::tm local_time(TimeSpan moment) {
    const std::time_t second = moment.usec / 1'000'000;
    std::tm out{};
    ::localtime_r(&second, &out);
    return out;
}

TimeSpan moment_of(std::tm time, bool is_utc) {
    time.tm_isdst = -1;
    return seconds(is_utc ? ::timegm(&time) : ::mktime(&time));
}

TimeSpan before(TimeSpan now, TimeSpan span) {
    return microseconds(now.usec - std::min(span.usec, now.usec));
}

/// "13:27" or "13:27:07".
bool read_clock_time(std::string_view text, std::tm& out) {
    const auto parts = split(text, ':');
    int values[3] = {0, 0, 0};
    if (parts.size() < 2 || parts.size() > 3) {
        return false;
    }
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto number = parse_number<int>(parts[i]);
        if (!number || *number < 0 || *number > (i == 0 ? 23 : 59)) {
            return false;
        }
        values[i] = *number;
    }
    out.tm_hour = values[0];
    out.tm_min = values[1];
    out.tm_sec = values[2];
    return true;
}

/// "2026-11-26".
bool read_date(std::string_view text, std::tm& out) {
    const auto parts = split(text, '-');
    if (parts.size() != 3) {
        return false;
    }
    const auto year = parse_number<int>(parts[0]);
    const auto month = parse_number<int>(parts[1]);
    const auto day = parse_number<int>(parts[2]);
    if (!year || *year < 1970 || *year > 9999 || !month || *month < 1 || *month > 12 || !day ||
        *day < 1 || *day > 31) {
        return false;
    }
    out.tm_year = *year - 1900;
    out.tm_mon = *month - 1;
    out.tm_mday = *day;
    return true;
}

std::optional<TimeSpan> relative(std::string_view text, TimeSpan now) {
    constexpr std::string_view ago = " ago";
    const bool is_past = text.starts_with('-');
    if (!is_past && !text.ends_with(ago)) {
        return std::nullopt;
    }
    const auto span =
        parse_time_span(is_past ? text.substr(1) : text.substr(0, text.size() - ago.size()));
    return span ? std::optional(before(now, *span)) : std::nullopt;
}

} // namespace

std::optional<TimeSpan> parse_moment(std::string_view text, TimeSpan now) {
    std::tm day = local_time(now);
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    if (text == "now") {
        return now;
    }
    if (text == "today" || text == "yesterday") {
        day.tm_mday -= text == "yesterday" ? 1 : 0;
        return moment_of(day, false);
    }
    if (text.starts_with('@')) {
        const auto number = parse_number<std::int64_t>(text.substr(1));
        return number && *number >= 0 ? std::optional(seconds(*number)) : std::nullopt;
    }
    if (const auto past = relative(text, now)) {
        return past;
    }
    const bool is_utc = text.ends_with('Z');
    text.remove_suffix(is_utc ? 1 : 0);
    if (read_clock_time(text, day)) {
        return moment_of(day, is_utc);
    }
    const auto between = std::min(text.find(' '), text.find('T'));
    const bool ok =
        read_date(text.substr(0, between), day) &&
        (between == std::string_view::npos || read_clock_time(text.substr(between + 1), day));
    return ok ? std::optional(moment_of(day, is_utc)) : std::nullopt;
}

} // namespace amphid
