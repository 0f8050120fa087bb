// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/reading.h"
#include "plan/exec_syntax.h"

#include <cstdint>

// The values of [log].

namespace amphid {

std::string looks_like(const ByteSize&) {
    return "a size in bytes, or with K, M, G or T, or \"infinity\"";
}

std::string print_value(const ByteSize& value) {
    constexpr std::pair<std::uint64_t, const char*> units[] = {{std::uint64_t{1} << 30, "G"},
                                                               {std::uint64_t{1} << 20, "M"},
                                                               {std::uint64_t{1} << 10, "K"}};
    if (value.bytes == LogSettings::unlimited) {
        return json_string("infinity");
    }
    for (const auto& [size, letter] : units) {
        if (value.bytes >= size && value.bytes % size == 0) {
            return json_string(concat(value.bytes / size, letter));
        }
    }
    return concat(value.bytes);
}

std::optional<Refusal> read_value(const Value& value, ByteSize& out) {
    const auto* number = std::get_if<std::int64_t>(&value.data);
    const auto* text = std::get_if<std::string>(&value.data);
    if (number == nullptr && text == nullptr) {
        return wrong_kind(value, looks_like(out));
    }
    const std::string written = number != nullptr ? concat(*number) : *text;
    const auto limit = written.find(':') == std::string::npos
                           ? parse_limit(written, LimitUnit::bytes)
                           : std::nullopt;
    if (!limit) {
        return Refusal{concat("expected ", looks_like(out), ", got '", written, '\''), value.at};
    }
    out.bytes = limit->soft;
    return std::nullopt;
}

} // namespace amphid
