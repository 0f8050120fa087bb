// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "golden.h"

#include <regex>
#include <set>

// docs/security.md, robustness.md and messages.md claim something, and name the test that shows it.

namespace amphid {
namespace {

namespace fs = std::filesystem;

std::set<std::string> matches(const std::string& text, const std::regex& pattern) {
    std::set<std::string> out;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), pattern);
         at != std::sregex_iterator(); ++at) {
        out.insert((*at)[1].str() + '.' + (*at)[2].str());
    }
    return out;
}

std::set<std::string> all_tests() {
    static const std::regex pattern(R"(TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\))");
    std::set<std::string> out;
    for (const auto& entry : fs::recursive_directory_iterator(source_path("tests"))) {
        if (entry.path().filename().string().ends_with("_test.cpp")) {
            for (const std::string& test :
                 matches(read_text_file(entry.path()).value_or(""), pattern)) {
                out.insert(test);
                out.insert(test.substr(0, test.find('.')) + ".*");
            }
        }
    }
    return out;
}

TEST(CitedTests, Exist) {
    static const std::regex pattern(R"(`([A-Z]\w+)\.([A-Z]\w+|\*)`)");
    const auto tests = all_tests();
    EXPECT_GT(tests.size(), 1000U);
    for (const char* document : {"docs/security.md", "docs/robustness.md", "docs/messages.md"}) {
        const auto cited = matches(read_text_file(source_path(document)).value_or(""), pattern);
        EXPECT_GT(cited.size(), 20U) << document;
        for (const std::string& test : cited) {
            EXPECT_TRUE(tests.contains(test)) << document << " cites " << test;
        }
    }
}

} // namespace
} // namespace amphid
