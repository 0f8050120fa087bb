// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/exec_syntax.h"

#include "base/text.h"
#include "base/time_span.h"

#include <algorithm>
#include <cstdint>

namespace amphid {

namespace {

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    constexpr std::string_view suffixes = "KMGTPE";
    unsigned shift = 0;
    if (!text.empty() && text.back() == 'B') {
        text.remove_suffix(1);
    } else if (const auto at = text.empty() ? std::string_view::npos : suffixes.find(text.back());
               at != std::string_view::npos) {
        shift = 10 * (static_cast<unsigned>(at) + 1);
        text.remove_suffix(1);
    }
    const auto number = parse_number<std::uint64_t>(text);
    const bool fits = number && (shift == 0 || *number >> (64 - shift) == 0);
    return fits ? std::optional(*number << shift) : std::nullopt;
}

/// The kernel's value of a signed level is 20 minus the level.
std::optional<std::uint64_t> parse_nice_limit(std::string_view text) {
    const bool level = text.starts_with('+') || text.starts_with('-');
    const auto number = parse_number<int>(text.starts_with('+') ? text.substr(1) : text);
    const bool two_signs = text.starts_with("+-");
    if (!number || two_signs || (level && (*number < -20 || *number > 19)) ||
        (!level && (*number < 1 || *number > 40))) {
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(level ? 20 - *number : *number);
}

std::optional<std::uint64_t> parse_one_limit(std::string_view text, LimitUnit unit) {
    if (text == "infinity") {
        return Limit::infinity;
    }
    switch (unit) {
    case LimitUnit::count:
        return parse_number<std::uint64_t>(text);
    case LimitUnit::bytes:
        return parse_bytes(text);
    case LimitUnit::nice:
        return parse_nice_limit(text);
    case LimitUnit::seconds:
    case LimitUnit::microseconds:
        break;
    }
    const bool in_seconds = unit == LimitUnit::seconds;
    if (const auto number = parse_number<std::uint64_t>(text)) {
        return number;
    }
    const auto span = parse_time_span(text);
    if (!span || span->is_infinite()) {
        return std::nullopt;
    }
    const auto usec = static_cast<std::uint64_t>(span->usec);
    return in_seconds ? (usec + 999'999) / 1'000'000 : usec;
}

} // namespace

std::optional<Limit> parse_limit(std::string_view text, LimitUnit unit) {
    const auto colon = text.find(':');
    const auto soft = parse_one_limit(text.substr(0, colon), unit);
    const auto hard =
        colon == std::string_view::npos ? soft : parse_one_limit(text.substr(colon + 1), unit);
    return soft && hard ? std::optional(Limit{*soft, *hard}) : std::nullopt;
}

std::string format_limit(const Limit& limit) {
    const auto one = [](std::uint64_t value) {
        return value == Limit::infinity ? std::string("infinity") : concat(value);
    };
    return limit.soft == limit.hard ? one(limit.soft)
                                    : concat(one(limit.soft), ':', one(limit.hard));
}

bool add_cpus(std::string_view text, CpuSet& set) {
    std::string words(text);
    std::replace(words.begin(), words.end(), ',', ' ');
    for (const std::string_view word : split(words, ' ')) {
        if (word.empty()) {
            continue;
        }
        const auto dash = word.find('-');
        const auto first = parse_number<unsigned>(word.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : parse_number<unsigned>(word.substr(dash + 1));
        if (!first || !last || *first > *last || *last >= CpuSet::most) {
            return false;
        }
        for (unsigned cpu = *first; cpu <= *last; ++cpu) {
            set.add(cpu);
        }
    }
    return true;
}

std::string format_cpus(const CpuSet& set) {
    std::string out;
    for (unsigned cpu = 0; cpu < CpuSet::most; ++cpu) {
        if (!set.contains(cpu)) {
            continue;
        }
        unsigned last = cpu;
        while (last + 1 < CpuSet::most && set.contains(last + 1)) {
            ++last;
        }
        out += concat(out.empty() ? "" : ",", cpu);
        out += last == cpu ? std::string() : concat('-', last);
        cpu = last;
    }
    return out;
}

std::optional<std::uint64_t> parse_nanoseconds(std::string_view text) {
    if (const auto number = parse_number<std::uint64_t>(text)) {
        return number;
    }
    if (text.ends_with("ns")) {
        text.remove_suffix(2);
        return parse_number<std::uint64_t>(text);
    }
    const auto span = parse_time_span(text);
    if (!span || span->is_infinite() || span->usec > TimeSpan::infinity().usec / 1000) {
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(span->usec) * 1000;
}

} // namespace amphid
