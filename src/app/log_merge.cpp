// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_merge.h"

#include <utility>

namespace amphid {

LogMerge::LogMerge(std::vector<Next> feeds) : feeds_(std::move(feeds)), heads_(feeds_.size()) {}

std::optional<LogEntry> LogMerge::next() {
    std::optional<LogEntry>* first = nullptr;
    for (std::size_t i = 0; i < feeds_.size(); ++i) {
        std::optional<LogEntry>& head = heads_[i];
        if (!head) {
            head = feeds_[i]();
        }
        if (head && (first == nullptr || head->time < (*first)->time)) {
            first = &head;
        }
    }
    return first == nullptr ? std::nullopt : std::exchange(*first, std::nullopt);
}

} // namespace amphid
