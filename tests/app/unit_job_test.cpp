// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/unit_job.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

TEST(UnitJob, TheLaunchersOwnLinesAreNoWordsOfTheService) {
    EXPECT_EQ(words_in_journal("1795700201.876275 host web[27]: cannot open [a]: b\n"
                               "1795700201.876276 host web[2]: web failed to start\n"
                               "                            in two lines\n"
                               "1795700201.876277 host web[27]: one\n"
                               "                            two\n",
                               2),
              "cannot open [a]: b\none\ntwo\n");
}

TEST(UnitJob, LinesOfAnotherFormStayAsTheyAre) {
    EXPECT_EQ(words_in_journal("-- No entries --\n\n", 2), "-- No entries --\n");
    EXPECT_EQ(words_in_journal("", 2), "");
}

} // namespace
} // namespace amphid
