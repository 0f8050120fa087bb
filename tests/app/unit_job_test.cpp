// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/unit_job.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

TEST(UnitJob, TheLaunchersOwnLinesAreNoWordsOfTheService) {
    EXPECT_EQ(lines_from_journal("1795700201.876275 host web[27]: cannot open [a]: b\n"
                                 "1795700201.876276 host web[2]: web failed to start\n"
                                 "                            in two lines\n"
                                 "1795700201.876277 host web[27]: one\n"
                                 "                            two\n",
                                 2),
              "cannot open [a]: b\none\ntwo\n");
}

// journald does not know the unit of a process that had exited when it read its lines.
TEST(UnitJob, LinesOfAProcessThatIsGoneAreFoundByIdentifierAndUser) {
    UnitJob job;
    job.unit = "web.service";
    const auto matches = [](std::vector<std::string> command) {
        const auto first = command.begin() + 5;
        return std::vector<std::string>(first, command.end());
    };
    EXPECT_EQ(
        matches(last_lines_command(job, 1'795'700'201'000'005, "label", 33)),
        (std::vector<std::string>{"--since=@1795700201.000005", "_SYSTEMD_UNIT=web.service", "+",
                                  "SYSLOG_IDENTIFIER=label", "_TRANSPORT=stdout", "_UID=33"}));
    job.manager = Manager::user;
    EXPECT_EQ(matches(last_lines_command(job, 0, "", 33)),
              (std::vector<std::string>{"--since=@0.000000", "_SYSTEMD_USER_UNIT=web.service"}));
}

TEST(UnitJob, LinesOfAnotherFormStayAsTheyAre) {
    EXPECT_EQ(lines_from_journal("-- No entries --\n\n", 2), "-- No entries --\n");
    EXPECT_EQ(lines_from_journal("", 2), "");
}

} // namespace
} // namespace amphid
