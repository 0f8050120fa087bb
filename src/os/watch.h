// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string>

namespace amphid {

/// Watches a service's files: a new state, a released lock.
class Watch {
public:
    /// If it cannot be watched, because it is gone or inotify(7) is denied or used up (128
    /// instances per user by default), each wait is short instead, and the next one longer.
    explicit Watch(const std::string& directory);

    /// Waits until something changed or `process` (may be empty) ended, at most this long
    /// (milliseconds, negative: for ever). False on timeout.
    bool wait(const Fd& process, int timeout_ms);

private:
    Fd fd_;
    int interval_ms_ = 5; // without inotify
};

} // namespace amphid
