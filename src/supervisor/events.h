// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/event.h"

#include <deque>
#include <functional>
#include <utility>

namespace amphid {

/// Events that the machine has not handled yet: every owner reports here.
class EventQueue {
public:
    using What = decltype(Event::what);

    /// `deliver` hands the queued events to the machine and performs the effects.
    explicit EventQueue(std::function<void()> deliver) : deliver_(std::move(deliver)) {}

    void post(What what) { waiting_.push_back(std::move(what)); }
    /// For owners that report several events, each of which may change the meaning of the next:
    /// delivers at once. (Otherwise events are delivered at the end of a turn.)
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
