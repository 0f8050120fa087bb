// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/clock.h"
#include "os/close_elsewhere.h"
#include "supervisor/loop.h"

#include <functional>
#include <vector>

namespace amphid {

/// Closes received descriptors. Each call of `close_elsewhere` costs a process, so many of them are
/// closed in batches: the first at once, those that follow shortly after together.
class Closer {
public:
    using Close = std::function<void(std::vector<Fd>)>;
    using Clock = std::function<TimeSpan()>;

    explicit Closer(Loop& loop, Close close = close_elsewhere, Clock clock = monotonic_now);
    Closer(const Closer&) = delete;
    Closer& operator=(const Closer&) = delete;
    ~Closer() { close_all(); }

    /// At most this many are waiting to be closed when take() returns.
    static constexpr std::size_t most_waiting = 128;

    void take(std::vector<Fd> descriptors);

private:
    void wait() noexcept;
    void close_all();

    Close close_;
    Clock clock_;
    std::vector<Fd> waiting_;
    TimeSpan next_batch_; // no earlier than this
    Timer timer_;
};

} // namespace amphid
