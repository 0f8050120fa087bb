// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/last_words.h"

#include "os/fd.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mman.h>

namespace amphid {
namespace {

TEST(LastWords, AreAllOfAShortText) {
    LastWords words;
    words.take("one\ntw");
    words.take("o");
    EXPECT_EQ(words.text(), "one\ntwo");
    words.clear();
    EXPECT_EQ(words.text(), "");
}

TEST(LastWords, BeginWithAWholeLine) {
    LastWords words;
    for (int i = 0; i < 1000; ++i) {
        words.take("0123456789\n");
    }
    const std::string text = words.text();
    EXPECT_LE(text.size(), LastWords::most);
    EXPECT_GT(text.size(), LastWords::most - 11);
    EXPECT_TRUE(text.starts_with("0123456789\n"));
    EXPECT_TRUE(text.ends_with("0123456789\n"));
}

TEST(LastWords, KeepALineWhoseFormerOneWasCutOffWhole) {
    LastWords words;
    const std::string first = "first\n";
    const std::string rest = std::string(LastWords::most - first.size() - 1, 'x') + "\n";
    words.take("gone\n" + first + rest);
    EXPECT_EQ(words.text(), first + rest);
}

TEST(LastWords, OfALineThatIsTooLongAreItsEnd) {
    LastWords words;
    words.take(std::string(10'000, 'x') + "end");
    EXPECT_EQ(words.text().size(), LastWords::most);
    EXPECT_TRUE(words.text().ends_with("xend"));
}

TEST(LastWords, OfAFileAreWhatWasWrittenSince) {
    const Fd file(::memfd_create("words", MFD_CLOEXEC));
    ASSERT_EQ(::write(file.get(), "of another run\n", 15), 15);
    ASSERT_EQ(::fcntl(file.get(), F_SETFL, O_APPEND), 0);
    LastWords words;
    words.begin_file(file.get());
    EXPECT_EQ(words.text(), "");
    ASSERT_EQ(::write(file.get(), "of this run\n", 12), 12);
    EXPECT_EQ(words.text(), "of this run\n");
}

} // namespace
} // namespace amphid
