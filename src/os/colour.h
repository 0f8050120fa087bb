// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstdlib>
#include <string_view>
#include <unistd.h>

namespace amphid {

/// True for a terminal that shows colours to somebody who wants them (https://no-color.org).
inline bool takes_colour(int fd) {
    const char* refused = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    const bool is_dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
    return (refused == nullptr || *refused == '\0') && !is_dumb && ::isatty(fd) == 1;
}

} // namespace amphid
