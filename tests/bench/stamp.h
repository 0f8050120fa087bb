// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstdint>

namespace amphid {

// What the benchmark's service writes to its FIFO, in one write, each time it starts.
struct Stamp {
    std::int64_t main_ns; // CLOCK_MONOTONIC at the first line of main()
    std::int32_t pid;
    std::int32_t parent_pid; // the resident supervisor, where the contender leaves one
};

} // namespace amphid
