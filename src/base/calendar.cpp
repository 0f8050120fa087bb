// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/calendar.h"

#include <chrono> // its calendar, not its clocks

namespace amphid {

namespace {

constexpr std::int64_t day_length = 86'400;

} // namespace

CalendarTime calendar_time(std::int64_t seconds) {
    const auto days = std::chrono::floor<std::chrono::days>(std::chrono::seconds(seconds));
    const std::chrono::year_month_day date{std::chrono::sys_days(days)};
    const auto of_day = static_cast<unsigned>(seconds - days.count() * day_length);
    return {static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            of_day / 3600,
            of_day / 60 % 60,
            of_day % 60};
}

std::int64_t seconds_of(const CalendarTime& time) {
    const std::chrono::sys_days day =
        std::chrono::sys_days(std::chrono::year(time.year) / static_cast<int>(time.month) / 1) +
        std::chrono::days(static_cast<int>(time.day) - 1);
    return std::int64_t{day.time_since_epoch().count()} * day_length +
           std::int64_t{time.hour} * 3600 + std::int64_t{time.minute} * 60 + time.second;
}

} // namespace amphid
