// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/options.h"
#include "plan/words.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

// What journalctl(1) is asked for.

/// By what a service's entries in the journal are known.
struct JournalOrigin {
    std::string service;
    std::string identifier;          // of its output, where it is no unit's; empty: none
    std::vector<std::uint32_t> uids; // of its processes and its launcher; empty: not known
    std::vector<std::string> units;
    Manager manager = Manager::system; // of the units
    std::uint32_t uid = 0;             // of the user manager
    std::string invocation_id;         // of the last run, where known
};

/// Groups of matches, any of which an entry may fulfil.
using JournalMatches = std::vector<std::vector<std::string>>;

/// All entries of the service: of its units as `journalctl --unit` finds them, of its runs by
/// INVOCATION_ID, of its launcher, and of a daemon by the identifier of its output.
JournalMatches matches_of(const JournalOrigin& origin);

/// A journalctl command line. Times that it would not understand as we do are in `@SECONDS`.
std::vector<std::string> journalctl_command(const Arguments& arguments,
                                            const JournalMatches& matches, std::string_view output);

/// A line of `journalctl --output=short-unix`: its time in microseconds and the message; a further
/// line of the message before has no time.
struct JournalLine {
    std::int64_t usec = 0;
    std::string text;
};
JournalLine parse_journal_line(std::string_view line);

} // namespace amphid
