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

/// The fraction of a second behind a point is taken off, to the microsecond.
TimeSpan take_fraction(std::string_view& text) {
    const auto point = text.find('.');
    if (point == std::string_view::npos || point + 1 == text.size()) {
        return {};
    }
    std::int64_t usec = 0;
    std::int64_t unit = 100'000;
    for (const char c : text.substr(point + 1)) {
        if (c < '0' || c > '9') {
            return {};
        }
        usec += unit * (c - '0');
        unit /= 10;
    }
    text = text.substr(0, point);
    return {usec};
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
    if (text.starts_with('+')) {
        const auto span = parse_time_span(text.substr(1));
        return span ? std::optional(TimeSpan{now.usec + span->usec}) : std::nullopt;
    }
    const bool is_past = text.starts_with('-');
    if (!is_past && !text.ends_with(ago)) {
        return std::nullopt;
    }
    const auto span =
        parse_time_span(is_past ? text.substr(1) : text.substr(0, text.size() - ago.size()));
    return span ? std::optional(before(now, *span)) : std::nullopt;
}

/// Takes that ending off, if it is there.
bool take_suffix(std::string_view& text, std::string_view suffix) {
    const bool found = text.ends_with(suffix);
    text.remove_suffix(found ? suffix.size() : 0);
    return found;
}

/// "@1795700201.5".
std::optional<TimeSpan> since_epoch(std::string_view text) {
    const TimeSpan fraction = take_fraction(text);
    const auto number = parse_number<std::int64_t>(text);
    return number && *number >= 0 ? std::optional(TimeSpan{seconds(*number).usec + fraction.usec})
                                  : std::nullopt;
}

/// "Thu 2026-11-26": the name of the day is taken off; false where it is another day's.
bool take_weekday(std::string_view& text) {
    constexpr std::string_view names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    const auto blank = text.find(' ');
    const auto name = std::find(std::begin(names), std::end(names), text.substr(0, blank));
    if (name == std::end(names) || blank == std::string_view::npos) {
        return true;
    }
    text.remove_prefix(blank + 1);
    std::tm day{};
    if (!read_date(text.substr(0, text.find(' ')), day)) {
        return false;
    }
    ::timegm(&day);
    return day.tm_wday == name - std::begin(names);
}

} // namespace

std::optional<TimeSpan> parse_moment(std::string_view text, TimeSpan now) {
    std::tm day = local_time(now);
    day.tm_hour = day.tm_min = day.tm_sec = 0;
    if (text == "now") {
        return now;
    }
    if (text == "today" || text == "yesterday" || text == "tomorrow") {
        day.tm_mday += text == "yesterday" ? -1 : text == "tomorrow" ? 1 : 0;
        return moment_of(day, false);
    }
    if (text.starts_with('@')) {
        return since_epoch(text.substr(1));
    }
    if (const auto moment = relative(text, now)) {
        return moment;
    }
    if (!take_weekday(text)) {
        return std::nullopt;
    }
    const bool is_utc = take_suffix(text, " UTC") || take_suffix(text, "Z");
    const TimeSpan fraction = take_fraction(text);
    const auto exact = [&] { return TimeSpan{moment_of(day, is_utc).usec + fraction.usec}; };
    if (read_clock_time(text, day)) {
        return exact();
    }
    const auto between = std::min(text.find(' '), text.find('T'));
    const bool ok =
        read_date(text.substr(0, between), day) &&
        (between == std::string_view::npos || read_clock_time(text.substr(between + 1), day));
    return ok ? std::optional(exact()) : std::nullopt;
}

} // namespace amphid
