// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/diagnostic.h"
#include "plan/exec_values.h"
#include "plan/expand.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amphid {

// Value syntax of systemd.exec(5).

/// "LIMIT" or "SOFT:HARD", each a number or "infinity"; bytes take K, M, G, T, P and E, times take
/// time units, nice takes a level with a sign or the kernel's 1 to 40 without.
std::optional<Limit> parse_limit(std::string_view text, LimitUnit unit);

/// The reverse, for people.
std::string format_limit(const Limit& limit);

/// Adds indices and ranges, "0-3,5 7"; false if the text is neither.
bool add_cpus(std::string_view text, CpuSet& set);
std::string format_cpus(const CpuSet& set);

/// A number of nanoseconds, or a time span with units, "ns" among them.
std::optional<std::uint64_t> parse_nanoseconds(std::string_view text);

/// The contents of an environment file (systemd.exec(5), EnvironmentFile=).
struct EnvironmentText {
    Environment variables;
    std::vector<Diagnostic> diagnostics;
};

/// Lines of NAME=value, comments from "#" or ";" at the beginning of a line, quotes, backslashes
/// before a newline. Lines that are not assignments are skipped with a warning; a name or value
/// that is not UTF-8 is an error, as in systemd. Comments may contain anything.
EnvironmentText parse_environment_file(std::string_view text);

} // namespace amphid
