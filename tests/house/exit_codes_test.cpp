// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/command_reference.h"
#include "base/exit_code.h"
#include "base/text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace amphid {
namespace {

// A fact in one place: what documents say of exit codes is what base/exit_code.h says.

TEST(ExitCodes, AreTheReadmes) {
    std::ifstream file(AMPHID_SOURCE_DIR "/README.md");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::string expected = "## Exit codes\n\n| | |\n|---|---|\n";
    for (const auto& [code, meaning] : exit_code_meanings) {
        expected += concat("| ", static_cast<int>(code), " | ", meaning, " |\n");
    }
    EXPECT_NE(text.find(expected + '\n'), std::string::npos) << expected;
}

TEST(ExitCodes, AreTheManualPages) {
    const std::string page = command_man("0");
    for (const auto& [code, meaning] : exit_code_meanings) {
        EXPECT_NE(page.find(concat(".TP\n", static_cast<int>(code), '\n')), std::string::npos);
    }
    EXPECT_NE(page.find("\\fBreload\\fR of what does not run.\n"), std::string::npos);
}

} // namespace
} // namespace amphid
