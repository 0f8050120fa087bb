// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstdint>

namespace amphid {

/// The sets of a process (capabilities(7)), a bit for each capability.
struct Capabilities {
    std::uint64_t effective = 0;
    std::uint64_t permitted = 0;
    std::uint64_t inheritable = 0;
};

/// Our own sets; both return an errno, or 0. Async-signal-safe.
int read_capabilities(Capabilities& out) noexcept;
int write_capabilities(const Capabilities& set) noexcept;

constexpr std::uint64_t bit_of(unsigned capability) noexcept {
    return std::uint64_t{1} << capability;
}

} // namespace amphid
