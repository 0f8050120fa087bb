// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "plan/service_name.h"

#include <gtest/gtest.h>

#include <string>

namespace amphid {
namespace {

TEST(ServiceName, LettersDigitsAndFiveMore) {
    for (const char* name : {"web", "W", "0", "a-b_c.d@e:f", "-x", "...", ".x", "@", "web.toml"}) {
        EXPECT_TRUE(is_service_name(name)) << name;
    }
    EXPECT_TRUE(is_service_name(std::string(64, 'a')));
    for (int c = 1; c < 256; ++c) {
        const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                             c == '@' || c == ':';
        EXPECT_EQ(is_service_name(std::string("a") + static_cast<char>(c)), allowed) << c;
    }
}

TEST(ServiceName, EscapesOfSystemdEscape) {
    for (const char* name : {"web@a\\x2db", "\\x2d", "a\\xAF\\x20"}) {
        EXPECT_TRUE(is_service_name(name)) << name;
    }
    for (const char* name : {"\\", "a\\b", "a\\x2", "a\\x2g", "a\\\\x2d", "a\\n"}) {
        EXPECT_FALSE(is_service_name(name)) << name;
    }
}

TEST(ServiceName, NeverAPath) {
    for (const char* name : {"", ".", "..", "/", "a/b", "../x", "a b", "a\nb", "\xc3\xbc", "~"}) {
        EXPECT_FALSE(is_service_name(name)) << name;
    }
    EXPECT_FALSE(is_service_name(std::string(65, 'a')));
    EXPECT_FALSE(is_service_name(std::string("a\0b", 3)));
}

} // namespace
} // namespace amphid
