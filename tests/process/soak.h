// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstdlib>

namespace amphid::test {

/// How often a test of chance is repeated: a few times in the everyday run, many times where
/// AMPHID_SOAK=1 asks for it, as the soaks of `script/test --slow` do.
inline int rounds(int few, int many) {
    return std::getenv("AMPHID_SOAK") != nullptr ? many : few;
}

} // namespace amphid::test
