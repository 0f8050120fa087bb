// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstdint>

namespace amphid {

/// A date and a time of day in UTC, without leap seconds.
struct CalendarTime {
    int year = 1970;
    unsigned month = 1; // 1 to 12
    unsigned day = 1;   // 1 to 31
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
};

/// Of seconds since 1970. Unlike gmtime(3), this reads no time zone.
CalendarTime calendar_time(std::int64_t seconds);

/// The seconds since 1970. A day beyond the end of its month is one of the next.
std::int64_t seconds_of(const CalendarTime& time);

} // namespace amphid
