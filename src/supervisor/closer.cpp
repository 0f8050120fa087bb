// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/closer.h"

#include "os/os_error.h"

#include <iterator>
#include <utility>

namespace amphid {

namespace {
constexpr TimeSpan between_batches = milliseconds(50);
}

Closer::Closer(Loop& loop, Close close, Clock clock)
    : close_(std::move(close)), clock_(std::move(clock)),
      timer_(loop, Turn::store, [this] { close_all(); }) {}

void Closer::take(std::vector<Fd> descriptors) {
    close_nonblocking(descriptors);
    if (descriptors.empty()) {
        return;
    }
    const bool first = waiting_.empty();
    std::move(descriptors.begin(), descriptors.end(), std::back_inserter(waiting_));
    if (waiting_.size() > most_waiting || clock_() >= next_batch_) {
        close_all();
    } else if (first) {
        wait();
    }
}

void Closer::wait() noexcept {
    try {
        timer_.set(next_batch_);
    } catch (const OsError&) {
        close_all(); // no descriptor left for a timer
    }
}

void Closer::close_all() {
    if (!waiting_.empty()) {
        next_batch_ = {clock_().usec + between_batches.usec};
        close_(std::exchange(waiting_, {}));
    }
}

} // namespace amphid
