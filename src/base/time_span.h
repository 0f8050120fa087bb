// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// A length of time in microseconds, never negative. The greatest value is "infinity", which is
/// longer than any other span and means no limit.
struct TimeSpan {
    std::int64_t usec = 0;

    static constexpr TimeSpan infinity() { return {std::numeric_limits<std::int64_t>::max()}; }
    constexpr bool is_infinite() const { return usec == infinity().usec; }
    constexpr auto operator<=>(const TimeSpan&) const = default;
};

/// Spans of whole units. A count too great for a TimeSpan gives infinity, a negative one zero.
constexpr TimeSpan microseconds(std::int64_t n) {
    return {n < 0 ? 0 : n};
}

constexpr TimeSpan scaled_span(std::int64_t n, std::int64_t unit) {
    return n > TimeSpan::infinity().usec / unit ? TimeSpan::infinity() : microseconds(n * unit);
}

constexpr TimeSpan milliseconds(std::int64_t n) {
    return n < 0 ? TimeSpan{} : scaled_span(n, 1'000);
}

constexpr TimeSpan seconds(std::int64_t n) {
    return n < 0 ? TimeSpan{} : scaled_span(n, 1'000'000);
}

/// Both together; infinite where one is, or where it would be too long.
constexpr TimeSpan sum(TimeSpan a, TimeSpan b) {
    return a.usec > TimeSpan::infinity().usec - b.usec ? TimeSpan::infinity()
                                                       : TimeSpan{a.usec + b.usec};
}

/// Reads a span as systemd.time(7) writes it: "1min 30s", "5.5s", "2h", "1y 12month", "infinity". A
/// number without a unit counts seconds; the parts of a span add up. Returns nullopt for an empty
/// text, an unknown unit, a negative number, and a span so long that it would be infinity.
std::optional<TimeSpan> parse_time_span(std::string_view text);

/// Writes a span as systemd prints one, exact to the microsecond: "1min 30s", "100ms", "1.500000s",
/// "infinity", "0". parse_time_span() reads the result back as the same span.
std::string format_time_span(TimeSpan span);

} // namespace amphid
