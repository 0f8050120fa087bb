// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/log_view.h"

#include <functional>
#include <optional>
#include <vector>

namespace amphid {

/// Interleaves the lines of several services by their times; each one's own order stays. Takes no
/// more of each than it needs to decide. A line without a time comes before all that have one.
class LogMerge {
public:
    using Next = std::function<std::optional<LogEntry>()>;

    explicit LogMerge(std::vector<Next> feeds);

    /// Nothing where no feed has a line for now.
    std::optional<LogEntry> next();

private:
    std::vector<Next> feeds_;
    std::vector<std::optional<LogEntry>> heads_;
};

} // namespace amphid
