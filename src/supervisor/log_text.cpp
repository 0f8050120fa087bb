// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_text.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace amphid {

namespace {

std::string six_digits(std::int64_t usec) {
    return concat(1'000'000 + usec % 1'000'000).substr(1);
}

} // namespace

Portion portion_of(std::string_view text, std::uint64_t written, bool begins_line,
                   std::uint64_t limit) {
    if (limit == LogSettings::unlimited || (written <= limit && text.size() <= limit - written)) {
        return {text.size(), false};
    }
    const auto room = static_cast<std::size_t>(limit - std::min(written, limit));
    const auto last_end = text.substr(0, room).rfind('\n');
    if (last_end != std::string_view::npos) {
        return {last_end + 1, true};
    }
    if (begins_line && written > 0) {
        return {0, true};
    }
    const std::uint64_t most = limit + longest_log_line;
    const std::string_view allowed =
        text.substr(0, static_cast<std::size_t>(most - std::min(written, most)));
    const auto end = allowed.find('\n');
    return end != std::string_view::npos ? Portion{end + 1, true}
                                         : Portion{allowed.size(), allowed.size() < text.size()};
}

Portion portion_of_stamped(std::string_view text, std::string_view stamp, std::uint64_t written,
                           bool begins_line, std::uint64_t limit) {
    const auto beginnings = [begins_line](std::string_view lines) {
        const auto ends = std::count(lines.begin(), lines.end(), '\n');
        return static_cast<std::size_t>(ends) + (begins_line ? 1 : 0) -
               (lines.ends_with('\n') ? 1 : 0);
    };
    const std::size_t most = text.size() + stamp.size() * (beginnings(text) + 1);
    if (stamp.empty() || (written <= limit && most <= limit - written)) {
        return portion_of(text, written, begins_line, limit);
    }
    const std::string stamped = stamp_lines(text, stamp, begins_line);
    Portion out = portion_of(stamped, written, begins_line, limit);
    if (out.size > 0) {
        const std::string_view part = std::string_view(stamped).substr(0, out.size);
        out.size -= stamp.size() * beginnings(part);
    }
    return out;
}

bool is_of_another_period(TimeSpan last, TimeSpan now, TimeSpan period) {
    return !period.is_infinite() && period.usec > 0 &&
           last.usec / period.usec != now.usec / period.usec;
}

std::string log_stamp(LogTimestamps kind, TimeSpan realtime, TimeSpan monotonic) {
    switch (kind) {
    case LogTimestamps::none:
        break;
    case LogTimestamps::rfc3339: {
        const std::time_t second = realtime.usec / 1'000'000;
        std::tm utc{};
        ::gmtime_r(&second, &utc);
        std::array<char, 32> text{};
        const std::size_t length =
            std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &utc);
        return concat(std::string_view(text.data(), length), six_digits(realtime.usec), "Z ");
    }
    case LogTimestamps::monotonic: {
        std::string second = concat(monotonic.usec / 1'000'000);
        second.insert(0, second.size() < 5 ? 5 - second.size() : 0, ' ');
        return concat('[', second, '.', six_digits(monotonic.usec), "] ");
    }
    }
    return {};
}

std::string stamp_lines(std::string_view text, std::string_view stamp, bool begins_line) {
    std::string out;
    out.reserve(text.size() + text.size() / 4 + stamp.size());
    while (!text.empty()) {
        if (begins_line) {
            out += stamp;
        }
        const auto end = text.find('\n');
        const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
        out += text.substr(0, size);
        text.remove_prefix(size);
        begins_line = true;
    }
    return out;
}

} // namespace amphid
