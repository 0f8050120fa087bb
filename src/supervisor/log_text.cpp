// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/log_text.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

namespace amphid {

namespace {

/// By memchr(3), which is faster than counting where lines are not very short.
std::size_t count_lines(std::string_view text) {
    std::size_t out = 0;
    for (auto end = text.find('\n'); end != std::string_view::npos;
         end = text.find('\n', end + 1)) {
        ++out;
    }
    return out;
}

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
        return count_lines(lines) + (begins_line ? 1 : 0) - (lines.ends_with('\n') ? 1 : 0);
    };
    if (stamp.empty() || limit == LogSettings::unlimited) {
        return portion_of(text, written, begins_line, limit);
    }
    // No text can become more than this: for most of them there is nothing to count.
    const std::size_t most = text.size() * (stamp.size() + 1) + stamp.size();
    if (written <= limit && most <= limit - written) {
        return {text.size(), false};
    }
    const std::size_t exact = text.size() + stamp.size() * (beginnings(text) + 1);
    if (written <= limit && exact <= limit - written) {
        return {text.size(), false};
    }
    const std::string stamped = stamp_lines(text, stamp, begins_line);
    Portion out = portion_of(stamped, written, begins_line, limit);
    if (out.size > 0) {
        const std::string_view part = std::string_view(stamped).substr(0, out.size);
        out.size -= stamp.size() * beginnings(part);
    }
    return out;
}

std::size_t size_of_line(std::string_view text) {
    const auto end = text.find('\n');
    return end == std::string_view::npos ? text.size() : end + 1;
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

Stamped stamp_lines(std::string_view text, std::string_view stamp, bool begins_line,
                    std::span<char> buffer) {
    const char* from = text.data();
    const char* const end = from + text.size();
    char* to = buffer.data();
    char* const limit = to + buffer.size();
    while (from < end) {
        if (begins_line) {
            if (static_cast<std::size_t>(limit - to) <= stamp.size()) {
                break;
            }
            to = std::copy(stamp.begin(), stamp.end(), to);
        }
        const auto most = static_cast<std::size_t>(std::min(end - from, limit - to));
        const auto* const found = static_cast<const char*>(std::memchr(from, '\n', most));
        const std::size_t size =
            found != nullptr ? static_cast<std::size_t>(found - from) + 1 : most;
        if (size == 0) {
            break;
        }
        std::memcpy(to, from, size);
        from += size;
        to += size;
        begins_line = found != nullptr;
    }
    return {static_cast<std::size_t>(from - text.data()),
            static_cast<std::size_t>(to - buffer.data())};
}

std::string stamp_lines(std::string_view text, std::string_view stamp, bool begins_line) {
    std::string out(text.size() + stamp.size() * (count_lines(text) + 1), '\0');
    out.resize(stamp_lines(text, stamp, begins_line, out).written);
    return out;
}

} // namespace amphid
