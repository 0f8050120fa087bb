// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>

namespace amphid {

/// That many random bytes (getrandom(2)), at most 16, in hexadecimal; empty on failure.
std::string random_hex(std::size_t bytes);

} // namespace amphid
