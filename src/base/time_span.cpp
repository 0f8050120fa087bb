// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/time_span.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace amphid {
namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;
// A year has 365.25 days and a month is a twelfth of that, as in systemd.time(7).
constexpr std::int64_t year = 365 * day + 6 * hour;
constexpr std::int64_t month = year / 12;

constexpr std::int64_t longest = TimeSpan::infinity().usec - 1;
constexpr std::string_view white_space = " \t\n\r";

struct Unit {
    std::int64_t usec;
    std::array<std::string_view, 4> spellings; // the first one is used for output
};

constexpr Unit units[] = {
    {year, {"y", "year", "years"}},
    {month, {"month", "months", "M"}},
    {7 * day, {"w", "week", "weeks"}},
    {day, {"d", "day", "days"}},
    {hour, {"h", "hr", "hour", "hours"}},
    {minute, {"min", "m", "minute", "minutes"}},
    {second, {"s", "sec", "second", "seconds"}},
    {1'000, {"ms", "msec"}},
    // The last two contain the micro sign U+00B5 and the Greek letter U+03BC.
    {1, {"us", "usec", "\xc2\xb5s", "\xce\xbcs"}},
};

// Returns true if there was white space to skip.
bool skip_white_space(std::string_view& text) {
    const std::size_t end = std::min(text.find_first_not_of(white_space), text.size());
    text.remove_prefix(end);
    return end > 0;
}

struct Number {
    std::int64_t whole = 0;
    std::string_view decimals;
};

// Consumes "12", "12.5" or ".5". Of the signs only a plus before a digit is accepted.
std::optional<Number> take_number(std::string_view& text) {
    Number number;
    std::string_view digits = text;
    if (digits.starts_with('+')) {
        digits.remove_prefix(1);
    }
    if (digits.starts_with('-')) {
        return std::nullopt;
    }
    const char* const last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, number.whole);
    if (error == std::errc::result_out_of_range) {
        return std::nullopt;
    }
    const bool has_whole = error == std::errc();
    if (has_whole) {
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    } else if (!text.starts_with('.')) {
        return std::nullopt;
    }
    if (!text.starts_with('.')) {
        return number;
    }
    text.remove_prefix(1);
    number.decimals = text.substr(0, text.find_first_not_of("0123456789"));
    text.remove_prefix(number.decimals.size());
    if (number.decimals.empty()) {
        return std::nullopt;
    }
    return number;
}

// Consumes the longest matching unit and returns its microseconds, 0 if there is none.
std::int64_t take_unit(std::string_view& text) {
    std::int64_t usec = 0;
    std::size_t length = 0;
    for (const Unit& unit : units) {
        for (const std::string_view spelling : unit.spellings) {
            if (spelling.size() > length && text.starts_with(spelling)) {
                usec = unit.usec;
                length = spelling.size();
            }
        }
    }
    text.remove_prefix(length);
    return usec;
}

// Returns true if the sum is still finite.
bool add(std::int64_t& sum, std::int64_t count, std::int64_t unit) {
    if (count > (longest - sum) / unit) {
        return false;
    }
    sum += count * unit;
    return true;
}

bool add_number(std::int64_t& sum, const Number& number, std::int64_t unit) {
    if (!add(sum, number.whole, unit)) {
        return false;
    }
    for (const char digit : number.decimals) {
        unit /= 10;
        // What is left is less than a microsecond.
        if (unit == 0) {
            break;
        }
        if (!add(sum, digit - '0', unit)) {
            return false;
        }
    }
    return true;
}

} // namespace

std::optional<TimeSpan> parse_time_span(std::string_view text) {
    skip_white_space(text);
    constexpr std::string_view infinity = "infinity";
    if (text.starts_with(infinity)) {
        text.remove_prefix(infinity.size());
        skip_white_space(text);
        return text.empty() ? std::optional(TimeSpan::infinity()) : std::nullopt;
    }
    if (text.empty()) {
        return std::nullopt;
    }
    TimeSpan span;
    while (!text.empty()) {
        const std::optional<Number> number = take_number(text);
        if (!number) {
            return std::nullopt;
        }
        const bool is_apart = skip_white_space(text);
        const std::int64_t unit = take_unit(text);
        if (unit == 0 && !is_apart && !text.empty()) {
            return std::nullopt;
        }
        if (!add_number(span.usec, *number, unit == 0 ? second : unit)) {
            return std::nullopt;
        }
        skip_white_space(text);
    }
    return span;
}

std::string format_time_span(TimeSpan span) {
    if (span.is_infinite()) {
        return "infinity";
    }
    if (span.usec <= 0) {
        return "0";
    }
    std::string text;
    std::int64_t rest = span.usec;
    for (const Unit& unit : units) {
        if (rest < unit.usec) {
            continue;
        }
        if (!text.empty()) {
            text += ' ';
        }
        text += std::to_string(rest / unit.usec);
        // Below a minute the rest is shown as decimals; the units there are powers of ten.
        if (rest < minute && rest % unit.usec > 0) {
            text += '.';
            text += std::to_string(unit.usec + rest % unit.usec).substr(1);
            rest = 0;
        }
        text += unit.spellings.front();
        rest %= unit.usec;
    }
    return text;
}

} // namespace amphid
