// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstdint>

namespace amphid {

/// How much a person is told: warnings and errors; what has happened; each step, with its time.
enum class Volume : std::uint8_t { quiet, normal, verbose };

} // namespace amphid
