// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/service_status.h"

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
std::string status_text(const ServiceStatus& status, const Look& look);

/// One line for each, failed ones first.
std::string status_table(std::vector<ServiceStatus> statuses, const Look& look);

} // namespace amphid
