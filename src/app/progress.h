// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"

#include <string>
#include <string_view>

namespace amphid {

/// On a terminal, one line that says what is awaited and for how long; shown only when that takes
/// more than half a second, and wiped when this object goes.
class Progress {
public:
    explicit Progress(std::string_view awaited);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    /// How long to wait before the next show(); where there is no terminal to show it on, a second,
    /// for whatever else no event tells.
    int interval_ms() const { return terminal_ ? 500 : 1000; }
    void show();

private:
    std::string awaited_;
    TimeSpan begin_;
    bool terminal_;
    bool shown_ = false;
};

} // namespace amphid
