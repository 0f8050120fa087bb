// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/log_names.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

constexpr TimeSpan moment{1'795'699'627'000'042};
const std::string older = "web.log.20261126T132707.000042Z";

TEST(LogNames, TellTimeAndCompression) {
    EXPECT_EQ(older_log_name("web.log", moment), older);
    for (const auto compression :
         {LogCompression::none, LogCompression::gzip, LogCompression::zstd}) {
        const auto parsed = parse_older_log("web.log", older + std::string(suffix_of(compression)));
        ASSERT_TRUE(parsed);
        EXPECT_EQ(parsed->rotated, moment);
        EXPECT_EQ(parsed->compression, compression);
    }
}

TEST(LogNames, OfOthersAreNobodysBusiness) {
    for (const char* other :
         {"web.log", "web.log.1", "web.log.20261126T132707.000042", "web",
          "web.log.20261126T132707.000042Z.xz", "web.log.20261126T132707.000042Z.zst.tmp",
          "web.log.2026112613270700042ZZ", "mail.log.20261126T132707.000042Z"}) {
        EXPECT_FALSE(parse_older_log("web.log", other)) << other;
    }
}

TEST(LogNames, AFileCountsOnceWhileItIsCompressed) {
    const std::string next = "web.log.20261126T132708.000000Z";
    EXPECT_EQ(older_logs_among({"web.log", next + ".zst", older + ".zst", older, older + ".gz.tmp",
                                next + ".gz", "web.log.1"},
                               "web.log"),
              (std::vector<std::string>{older, next + ".gz"}));
}

TEST(LogNames, OfUnfinishedFilesAreKnown) {
    const std::string name = unfinished_name(older, LogCompression::zstd);
    EXPECT_EQ(name, older + ".zst.tmp");
    EXPECT_TRUE(is_unfinished("web.log", name));
    EXPECT_FALSE(is_unfinished("web.log", "web.log.tmp"));
    EXPECT_FALSE(is_unfinished("web.log", older));
    EXPECT_FALSE(is_unfinished("mail.log", name));
}

} // namespace
} // namespace amphid
