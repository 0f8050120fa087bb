// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"

#include <string>
#include <string_view>

namespace amphid {

/// On a terminal, a line that says what is being waited for and for how long; shown after half a
/// second and erased by the destructor.
class Progress {
public:
    explicit Progress(std::string_view awaited);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress();

    /// How long to wait before the next show(); a second without a terminal, for changes that cause
    /// no event.
    int interval_ms() const { return terminal_ ? 500 : 1000; }
    void show();

private:
    std::string awaited_;
    TimeSpan begin_;
    bool terminal_;
    bool shown_ = false;
};

} // namespace amphid
