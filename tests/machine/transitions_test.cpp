// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "machine/machine.h"

#include "../house/golden.h"

namespace amphid {
namespace {

TEST(Transitions, TableIsTheOneReviewed) {
    EXPECT_TRUE(is_golden("tests/machine/transitions.txt", describe_transitions()));
}

TEST(Golden, DiffNamesTheChangedLines) {
    EXPECT_EQ(line_diff("a\nb\nc\n", "a\nB\nc\nd\n"), "  -2: b\n  +2: B\n  +4: d\n");
    EXPECT_EQ(line_diff("a\n", "a\n"), "");
}

} // namespace
} // namespace amphid
