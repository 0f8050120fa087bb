// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/condition.h"

#include "base/text.h"

#include <algorithm>

namespace amphid {

namespace {

struct TextOf {
    std::string operator()(const Listens& c) const { return concat("listen ", text_of(c.at)); }
    std::string operator()(const Connects& c) const { return concat("connect ", text_of(c.to)); }
    std::string operator()(const Answers& c) const { return concat("http ", text_of(c.check)); }
    std::string operator()(const Exists& c) const { return concat("file ", c.path); }
    std::string operator()(const OwnsName& c) const { return concat("dbus ", c.name); }
    std::string operator()(const Succeeds& c) const { return concat("command ", c.command.path); }
    std::string operator()(const Prints& c) const { return concat("log /", c.pattern, '/'); }
    std::string operator()(const Writes& c) const { return concat("fd ", c.fd); }
    std::string operator()(const Lives& c) const {
        return concat("delay-sec ", format_time_span(c.span));
    }
};

void add(std::string& list, const Finding& finding, std::string_view separator) {
    list += concat(list.empty() ? "" : separator, finding.what);
    if (!finding.why.empty()) {
        list += concat(" (", finding.why, ')');
    }
}

} // namespace

std::string text_of(const Condition& condition) {
    return std::visit(TextOf{}, condition);
}

TimeSpan Health::longest_silence() const {
    const bool endless = interval.is_infinite() || timeout.is_infinite();
    return endless ? TimeSpan::infinity() : TimeSpan{interval.usec + timeout.usec};
}

bool is_satisfied(Match match, const std::vector<Finding>& findings) {
    const auto met = [](const Finding& finding) { return finding.met; };
    return findings.empty() ||
           (match == Match::all ? std::all_of(findings.begin(), findings.end(), met)
                                : std::any_of(findings.begin(), findings.end(), met));
}

std::string list_unmet(Match match, const std::vector<Finding>& findings) {
    std::string out;
    if (!is_satisfied(match, findings)) {
        for (const Finding& finding : findings) {
            if (!finding.met) {
                add(out, finding, match == Match::all ? ", " : " or ");
            }
        }
    }
    return out;
}

std::string list_met(const std::vector<Finding>& findings) {
    std::string out;
    for (const Finding& finding : findings) {
        if (finding.met) {
            add(out, finding, ", ");
        }
    }
    return out;
}

} // namespace amphid
