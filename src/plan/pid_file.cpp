// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/pid_file.h"

#include "base/text.h"

#include <algorithm>

namespace amphid {

namespace {

constexpr std::size_t most_shown = 40;

/// Up to whatever systemd treats as a line end.
std::string_view first_line(std::string_view text) {
    constexpr std::string_view ends("\n\r\0", 3);
    return text.substr(0, text.find_first_of(ends));
}

std::string_view without_blanks(std::string_view line) {
    constexpr std::string_view blanks = " \t";
    const auto begin = std::min(line.find_first_not_of(blanks), line.size());
    line.remove_prefix(begin);
    return line.substr(0, line.find_last_not_of(blanks) + 1);
}

} // namespace

std::variant<int, std::string> parse_pid_file(std::string_view text) {
    if (text.empty()) {
        return "it is empty";
    }
    const std::string_view line = without_blanks(first_line(text));
    if (line.empty()) {
        return "its first line is empty";
    }
    const auto pid = parse_number<int>(line);
    if (pid && *pid > 0) {
        return *pid;
    }
    const bool long_line = line.size() > most_shown;
    return concat("its first line is '", printable(line.substr(0, most_shown)),
                  long_line ? "…" : "", "', which is not a PID");
}

} // namespace amphid
