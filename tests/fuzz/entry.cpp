// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors

// The door that libFuzzer knocks at; AMPHID_FUZZ_TARGET is the function behind it.

#include "targets.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    amphid::AMPHID_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
    return 0;
}
