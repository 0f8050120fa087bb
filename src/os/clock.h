// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"

#include <cstdint>
#include <ctime>

namespace amphid {

inline TimeSpan read_clock(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return {static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000};
}

inline TimeSpan monotonic_now() {
    return read_clock(CLOCK_MONOTONIC);
}
inline TimeSpan realtime_now() {
    return read_clock(CLOCK_REALTIME);
}

} // namespace amphid
