// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// A path of the source tree, from its top.
inline std::filesystem::path source_path(std::string_view path) {
    return std::filesystem::path(AMPHID_SOURCE_DIR) / path;
}

inline std::optional<std::string> read_text_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(in), {});
}

/// What changed from one text to the other: their common lines are left out, the others stand
/// behind their line number with "-" or "+".
inline std::string line_diff(std::string_view before, std::string_view now) {
    const auto a = split(before, '\n');
    const auto b = split(now, '\n');
    // common[i][j]: how many lines a from i and b from j can have in common.
    std::vector<std::vector<unsigned>> common(a.size() + 1, std::vector<unsigned>(b.size() + 1));
    for (std::size_t i = a.size(); i-- > 0;) {
        for (std::size_t j = b.size(); j-- > 0;) {
            common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1
                                        : std::max(common[i + 1][j], common[i][j + 1]);
        }
    }
    std::string out;
    for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
        if (i < a.size() && j < b.size() && a[i] == b[j]) {
            ++i;
            ++j;
        } else if (j == b.size() || (i < a.size() && common[i + 1][j] >= common[i][j + 1])) {
            out += concat("  -", i + 1, ": ", a[i], '\n');
            ++i;
        } else {
            out += concat("  +", j + 1, ": ", b[j], '\n');
            ++j;
        }
    }
    return out;
}

/// Holds when the file of the source tree has this text. With AMPHID_UPDATE_GOLDEN=1 the file is
/// written instead.
inline testing::AssertionResult is_golden(std::string_view path, const std::string& actual) {
    const char* update = std::getenv("AMPHID_UPDATE_GOLDEN");
    if (update != nullptr && std::string_view(update) == "1") {
        std::ofstream out(source_path(path), std::ios::binary | std::ios::trunc);
        out << actual;
        out.close();
        return out ? testing::AssertionSuccess()
                   : testing::AssertionFailure() << "cannot write " << path;
    }
    const auto expected = read_text_file(source_path(path));
    if (expected && *expected == actual) {
        return testing::AssertionSuccess();
    }
    return testing::AssertionFailure()
           << path << (expected ? " says otherwise:\n" : " does not exist:\n")
           << line_diff(expected.value_or(""), actual)
           << "If the change is meant, run the test again with AMPHID_UPDATE_GOLDEN=1 and look at "
              "`git diff "
           << path << "`.";
}

} // namespace amphid
