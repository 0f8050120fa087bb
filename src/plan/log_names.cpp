// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/log_names.h"

#include "base/calendar.h"
#include "base/text.h"

#include <algorithm>
#include <cstdint>

namespace amphid {

namespace {

constexpr std::string_view shape = ".00000000T000000.000000Z";
constexpr std::string_view unfinished = ".tmp";

bool has_shape(std::string_view text) {
    return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char c, char want) {
        return want == '0' ? c >= '0' && c <= '9' : c == want;
    });
}

std::optional<LogCompression> compression_of(std::string_view suffix) {
    for (const auto one : {LogCompression::none, LogCompression::gzip, LogCompression::zstd}) {
        if (suffix == suffix_of(one)) {
            return one;
        }
    }
    return std::nullopt;
}

} // namespace

std::string_view suffix_of(LogCompression compression) {
    switch (compression) {
    case LogCompression::none:
        break;
    case LogCompression::gzip:
        return ".gz";
    case LogCompression::zstd:
        return ".zst";
    }
    return {};
}

std::string older_log_name(std::string_view name, TimeSpan rotated) {
    const CalendarTime utc = calendar_time(rotated.usec / 1'000'000);
    const auto two = [](unsigned number) { return concat(number < 10 ? "0" : "", number); };
    const std::string fraction = concat(1'000'000 + rotated.usec % 1'000'000);
    return concat(name, '.', utc.year, two(utc.month), two(utc.day), 'T', two(utc.hour),
                  two(utc.minute), two(utc.second), '.', std::string_view(fraction).substr(1), 'Z');
}

std::optional<OlderLog> parse_older_log(std::string_view name, std::string_view older) {
    if (!older.starts_with(name) || !has_shape(older.substr(name.size()).substr(0, shape.size()))) {
        return std::nullopt;
    }
    const auto compression = compression_of(older.substr(name.size() + shape.size()));
    if (!compression) {
        return std::nullopt;
    }
    const std::string_view text = older.substr(name.size() + 1);
    const auto number = [&](std::size_t at, std::size_t length) {
        return parse_number<int>(text.substr(at, length)).value_or(0);
    };
    const auto two = [&](std::size_t at) { return static_cast<unsigned>(number(at, 2)); };
    const CalendarTime utc{number(0, 4), two(4), two(6), two(9), two(11), two(13)};
    return OlderLog{TimeSpan{seconds_of(utc) * 1'000'000 + number(16, 6)}, *compression};
}

std::vector<std::string> older_logs_among(std::vector<std::string> names, std::string_view name) {
    std::erase_if(names, [name](const std::string& one) { return !parse_older_log(name, one); });
    std::sort(names.begin(), names.end()); // a plain file's name stands before its compressed ones
    const std::size_t length = name.size() + shape.size();
    const auto is_same_file = [length](const std::string& one, const std::string& other) {
        return std::string_view(one).substr(0, length) == std::string_view(other).substr(0, length);
    };
    names.erase(std::unique(names.begin(), names.end(), is_same_file), names.end());
    return names;
}

std::string unfinished_name(std::string_view older, LogCompression compression) {
    return concat(older, suffix_of(compression), unfinished);
}

bool is_unfinished(std::string_view name, std::string_view candidate) {
    return candidate.ends_with(unfinished) &&
           parse_older_log(name, candidate.substr(0, candidate.size() - unfinished.size()));
}

} // namespace amphid
