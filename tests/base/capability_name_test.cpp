// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/capability_name.h"

#include <gtest/gtest.h>

namespace amphid {
namespace {

TEST(CapabilityName, EachNumberIsReadBack) {
    for (int number = 0; number < 64; ++number) {
        EXPECT_EQ(parse_capability(capability_name(number)), number) << capability_name(number);
    }
    EXPECT_EQ(parse_capability("cap_sys_resource"), 24);
    EXPECT_EQ(capability_name(63), "CAP_63");
}

TEST(CapabilityName, NothingElseIsOne) {
    for (const char* text : {"", "CAP_", "SYS_ADMIN", "CAP_SYS", "CAP_SYS_ADMINS", "CAP_5",
                             "CAP_64", "CAP_063", "CAP_-1", "CAP_+63", "CAP_63 "}) {
        EXPECT_EQ(parse_capability(text), std::nullopt) << text;
    }
}

} // namespace
} // namespace amphid
