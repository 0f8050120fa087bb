// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "../house/golden.h"
#include "targets.h"

#include <gtest/gtest.h>

#include <filesystem>

// Whatever a fuzzer has found once is read again everywhere, also without a fuzzer.

namespace amphid {
namespace {

class FuzzCorpus : public testing::TestWithParam<FuzzTarget> {};

TEST_P(FuzzCorpus, IsReadWithoutHarm) {
    const auto folder = source_path(concat("tests/fuzz/corpus/", GetParam().name));
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto text = read_text_file(entry.path());
        ASSERT_TRUE(text.has_value()) << entry.path();
        SCOPED_TRACE(entry.path().string());
        GetParam().run(*text);
        // Also one that ends too early.
        constexpr std::size_t steps = 8;
        for (std::size_t size = 0; size < text->size(); size += 1 + text->size() / steps) {
            GetParam().run(std::string_view(*text).substr(0, size));
        }
        ++count;
    }
    EXPECT_GE(count, 3) << "a corpus of its own for " << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzCorpus, testing::ValuesIn(fuzz_targets),
                         [](const auto& info) { return std::string(info.param.name); });

} // namespace
} // namespace amphid
