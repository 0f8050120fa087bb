// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/random.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <sys/random.h>

namespace amphid {

std::string random_hex(std::size_t bytes) {
    std::array<unsigned char, 16> random{};
    const std::size_t count = std::min(bytes, random.size());
    if (::getrandom(random.data(), count, 0) != static_cast<ssize_t>(count)) {
        return {};
    }
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
        constexpr std::string_view digits = "0123456789abcdef";
        out += digits[random[i] >> 4];
        out += digits[random[i] & 15];
    }
    return out;
}

} // namespace amphid
