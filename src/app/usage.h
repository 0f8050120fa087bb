// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/state.h"

#include <cstdint>
#include <optional>

namespace amphid {

/// Resources that a service's processes use now; unknown values are absent.
struct Usage {
    std::optional<std::uint64_t> tasks;
    std::optional<std::uint64_t> memory_bytes;
    std::optional<std::uint64_t> cpu_usec;
};

/// From the service's own cgroup; without one, the sum over the main process, the launcher's
/// children and their descendants.
Usage measure_usage(const State& state);

} // namespace amphid
