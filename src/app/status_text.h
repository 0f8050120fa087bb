// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/sight.h"

#include <cstdint>
#include <string>
#include <vector>

namespace amphid {

/// How and when a status is shown.
struct Look {
    bool colour = false;
    bool unicode = false;
    std::size_t width = 0; // columns of the terminal; 0: do not cut lines
    std::uint64_t now_usec = 0;
};

/// As systemctl(1) shows a unit.
std::string status_text(const Sight& sight, const Look& look);

/// One line for each, failed ones first.
std::string status_table(std::vector<Sight> sights, const Look& look);

} // namespace amphid
