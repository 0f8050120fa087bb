// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstdlib>

namespace amphid::test {

/// How often a test of chance is repeated: a few times in the everyday run, many times where
/// AMPHID_SOAK=1 or `script/test --slow` asks for it.
inline int rounds(int few, int many) {
    const bool slow =
        std::getenv("AMPHID_SOAK") != nullptr || std::getenv("AMPHID_SLOW") != nullptr;
    return slow ? many : few;
}

} // namespace amphid::test
