// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/journal_query.h"

#include "app/moment.h"
#include "base/text.h"
#include "os/clock.h"

#include <algorithm>

namespace amphid {

namespace {

/// systemd's add_matches_for_unit() and add_matches_for_user_unit().
void add_unit(JournalMatches& out, const std::string& unit, const JournalOrigin& origin) {
    if (origin.manager == Manager::user) {
        const std::string uid = concat("_UID=", origin.uid);
        for (const std::string_view field : {"_SYSTEMD_USER_UNIT=", "USER_UNIT=",
                                             "COREDUMP_USER_UNIT=", "OBJECT_SYSTEMD_USER_UNIT="}) {
            out.push_back({concat(field, unit), uid});
        }
        return;
    }
    out.push_back({concat("_SYSTEMD_UNIT=", unit)});
    out.push_back({concat("UNIT=", unit), "_PID=1"});
    out.push_back({concat("COREDUMP_UNIT=", unit), "_UID=0"});
    out.push_back({concat("OBJECT_SYSTEMD_UNIT=", unit), "_UID=0"});
}

std::string moment_for_journalctl(const std::string& text, TimeSpan now) {
    const auto moment = parse_moment(text, now);
    if (!moment) {
        return text; // it may know
    }
    const std::string fraction = concat(1'000'000 + moment->usec % 1'000'000).substr(1);
    return concat('@', moment->usec / 1'000'000, '.', fraction);
}

} // namespace

JournalMatches matches_of(const JournalOrigin& origin) {
    JournalMatches out;
    for (const std::string& unit : origin.units) {
        add_unit(out, unit, origin);
    }
    std::vector<std::string> by_whom;
    for (const std::uint32_t uid : origin.uids) {
        by_whom.push_back(concat("_UID=", uid));
    }
    const auto add = [&](std::string match) {
        out.push_back({std::move(match)});
        out.back().insert(out.back().end(), by_whom.begin(), by_whom.end());
    };
    add(concat("AMPHID_SERVICE=", origin.service));
    if (!origin.invocation_id.empty()) {
        add(concat("_SYSTEMD_INVOCATION_ID=", origin.invocation_id));
        add(concat("INVOCATION_ID=", origin.invocation_id));
    }
    if (!origin.identifier.empty()) {
        add(concat("SYSLOG_IDENTIFIER=", origin.identifier));
    }
    return out;
}

std::vector<std::string> journalctl_command(const Arguments& arguments,
                                            const JournalMatches& matches,
                                            std::string_view output) {
    std::vector<std::string> out{"journalctl", concat("--output=", output)};
    if (!arguments.pager || arguments.follow) {
        out.emplace_back("--no-pager");
    }
    if (arguments.follow) {
        out.emplace_back("--follow");
    }
    if (arguments.lines) {
        out.push_back(concat("--lines=", *arguments.lines));
    }
    const TimeSpan now = realtime_now();
    if (!arguments.since.empty()) {
        out.push_back(concat("--since=", moment_for_journalctl(arguments.since, now)));
    }
    if (!arguments.until.empty()) {
        out.push_back(concat("--until=", moment_for_journalctl(arguments.until, now)));
    }
    if (!arguments.grep.empty()) {
        out.push_back(concat("--grep=", arguments.grep));
        out.emplace_back("--case-sensitive=yes");
    }
    for (std::size_t i = 0; i < matches.size(); ++i) {
        if (i > 0) {
            out.emplace_back("+");
        }
        out.insert(out.end(), matches[i].begin(), matches[i].end());
    }
    return out;
}

JournalLine parse_journal_line(std::string_view line) {
    // "1795700201.876275 host web[2718]: message"; further lines of a message are indented.
    const auto blank = line.find(' ');
    const auto dot = line.substr(0, blank).find('.');
    const auto second = parse_number<std::int64_t>(line.substr(0, dot));
    const auto end = line.find(": ");
    if (!second || dot == std::string_view::npos || end == std::string_view::npos) {
        return {0, std::string(line.substr(std::min(line.find_first_not_of(' '), line.size())))};
    }
    const auto usec = parse_number<std::int64_t>(line.substr(dot + 1, blank - dot - 1));
    return {*second * 1'000'000 + usec.value_or(0), std::string(line.substr(end + 2))};
}

} // namespace amphid
