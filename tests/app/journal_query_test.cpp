// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/journal_query.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

std::string text_of(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        out += out.empty() ? word : " " + word;
    }
    return out;
}

std::string command(const Arguments& arguments, const JournalOrigin& origin) {
    return text_of(journalctl_command(arguments, matches_of(origin), "short"));
}

JournalOrigin daemon() {
    JournalOrigin out;
    out.service = "web";
    out.identifier = "webd";
    out.uids = {0, 33};
    return out;
}

std::string options(const Arguments& arguments) {
    return text_of(journalctl_command(arguments, {}, "short"));
}

TEST(JournalQuery, ADaemonIsKnownByItsIdentifierAndUsers) {
    Arguments arguments;
    EXPECT_EQ(command(arguments, daemon()),
              "journalctl --output=short AMPHID_SERVICE=web _UID=0 _UID=33 + "
              "SYSLOG_IDENTIFIER=webd _UID=0 _UID=33");
}

TEST(JournalQuery, AUnitIsFoundAsJournalctlFindsIt) {
    JournalOrigin origin;
    origin.service = "web";
    origin.units = {"amphid@web.service"};
    origin.invocation_id = "01";
    EXPECT_EQ(command({}, origin),
              "journalctl --output=short _SYSTEMD_UNIT=amphid@web.service + "
              "UNIT=amphid@web.service _PID=1 + COREDUMP_UNIT=amphid@web.service _UID=0 + "
              "OBJECT_SYSTEMD_UNIT=amphid@web.service _UID=0 + AMPHID_SERVICE=web + "
              "_SYSTEMD_INVOCATION_ID=01 + INVOCATION_ID=01");
    origin.manager = Manager::user;
    origin.uid = 1000;
    EXPECT_EQ(command({}, origin),
              "journalctl --output=short _SYSTEMD_USER_UNIT=amphid@web.service _UID=1000 + "
              "USER_UNIT=amphid@web.service _UID=1000 + COREDUMP_USER_UNIT=amphid@web.service "
              "_UID=1000 + OBJECT_SYSTEMD_USER_UNIT=amphid@web.service _UID=1000 + "
              "AMPHID_SERVICE=web + _SYSTEMD_INVOCATION_ID=01 + INVOCATION_ID=01");
}

TEST(JournalQuery, OptionsAreJournalctls) {
    Arguments arguments;
    arguments.lines = 7;
    arguments.since = "@5";
    arguments.until = "Mon 2026-11-23 Europe/Berlin"; // not for us to understand
    arguments.grep = "a|b";
    arguments.pager = false;
    EXPECT_EQ(options(arguments),
              "journalctl --output=short --no-pager --lines=7 --since=@5.000000 "
              "--until=Mon 2026-11-23 Europe/Berlin --grep=a|b --case-sensitive=yes");
    Arguments following;
    following.follow = true;
    EXPECT_EQ(options(following), "journalctl --output=short --no-pager --follow");
}

TEST(JournalQuery, LinesOfTheJournalHaveTimes) {
    const JournalLine line = parse_journal_line("1795700201.876275 host web[2718]: said: \"this\"");
    EXPECT_EQ(line.usec, 1'795'700'201'876'275);
    EXPECT_EQ(line.text, "said: \"this\"");
    const JournalLine more = parse_journal_line("                  and: this");
    EXPECT_EQ(more.usec, 0);
    EXPECT_EQ(more.text, "and: this");
}

} // namespace
} // namespace amphid
