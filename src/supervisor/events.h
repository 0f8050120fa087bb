// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/event.h"

#include <deque>
#include <functional>
#include <utility>

namespace amphid {

/// What has happened and was not given to the machine yet: where every owner reports.
class EventQueue {
public:
    using What = decltype(Event::what);

    /// `deliver` gives the machine what waits and performs what follows from it.
    explicit EventQueue(std::function<void()> deliver) : deliver_(std::move(deliver)) {}

    void post(What what) { waiting_.push_back(std::move(what)); }
    /// Whoever reports several things, each of which may change what the next one means, has the
    /// first delivered before it looks on. (All is delivered at the end of a turn.)
    void deliver() { deliver_(); }

    bool empty() const { return waiting_.empty(); }
    What take() {
        What out = std::move(waiting_.front());
        waiting_.pop_front();
        return out;
    }

private:
    std::function<void()> deliver_;
    std::deque<What> waiting_;
};

} // namespace amphid
