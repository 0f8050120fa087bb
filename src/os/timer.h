// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "os/fd.h"

namespace amphid {

/// A timerfd on CLOCK_MONOTONIC (timerfd_create(2)), created when it is first set.
class TimerFd {
public:
    /// Elapses at that moment, at once if it is in the past; infinity disarms. Throws OsError.
    void set(TimeSpan moment);

    /// True if it has elapsed since it was set; resets that.
    bool take_elapsed() const;

    /// Readable when it has elapsed; -1 before it was first set.
    int fd() const { return fd_.get(); }

private:
    Fd fd_;
    TimeSpan moment_ = TimeSpan::infinity();
};

} // namespace amphid
