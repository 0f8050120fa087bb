// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/enum_names.h"
#include "base/time_span.h"
#include "plan/command.h"
#include "plan/endpoint.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace amphid {

// Conditions for services that do not report their own state: those of [ready] and the checks of
// [health], as plain values.

/// The service holds the listening socket; nobody connects to it.
struct Listens {
    Endpoint at;
};
/// A connection succeeds.
struct Connects {
    Endpoint to;
};
/// The server answers with the expected status.
struct Answers {
    HttpCheck check;
};
/// The file exists.
struct Exists {
    std::string path;
};
/// The well-known name has an owner on the bus at this address.
struct OwnsName {
    std::string name;
    std::string address; // as $DBUS_SYSTEM_BUS_ADDRESS has it
};
/// The program exits with 0.
struct Succeeds {
    Command command;
};
/// A line of the service's output matches; a POSIX extended regular expression.
struct Prints {
    std::string pattern;
};
/// The service writes a newline to that descriptor.
struct Writes {
    int fd = -1;
};
/// The service has lived that long.
struct Lives {
    TimeSpan span;
};

using Condition =
    std::variant<Listens, Connects, Answers, Exists, OwnsName, Succeeds, Prints, Writes, Lives>;

/// "listen tcp:8080", "log /listening on/".
std::string text_of(const Condition& condition);

/// Whether all conditions have to hold or any one.
enum class Match : std::uint8_t { all, any };
constexpr auto enum_names(Match) {
    return names_up_to<Match::any>("all", "any");
}

/// [ready]: conditions in addition to what `type` requires.
struct Readiness {
    std::vector<Condition> conditions;
    Match match = Match::all;
    /// The polling interval, for conditions without a kernel event.
    TimeSpan interval = seconds(1);
};

/// [health]: checks that must keep passing once the service is ready.
struct Health {
    std::vector<Condition> checks;
    TimeSpan interval = seconds(30);
    TimeSpan timeout = seconds(10);
    unsigned failures = 3; // in a row

    /// The longest time until a failing service is noticed: systemd's WatchdogSec= has to be longer
    /// than the time between two pings.
    TimeSpan longest_silence() const;
};

/// The result of one condition.
struct Finding {
    std::string what;
    bool met = false;
    std::string why; // the evidence, or what is missing
};

/// True if these findings make the service ready.
bool is_satisfied(Match match, const std::vector<Finding>& findings);

/// Those that do not hold yet, with the reason, as one line: "listen tcp:80 (nobody listens)".
std::string list_unmet(Match match, const std::vector<Finding>& findings);

/// Those that hold, with their evidence, as one line.
std::string list_met(const std::vector<Finding>& findings);

} // namespace amphid
