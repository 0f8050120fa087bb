// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string>

namespace amphid {

/// Sees what changes among a service's files: a new state, a lock that was let go.
class Watch {
public:
    /// Where it cannot be watched, because it is gone, inotify(7) is used up (128 instances a user,
    /// by default) or denied, each wait is a short one instead, and the next one longer.
    explicit Watch(const std::string& directory);

    /// Waits until something changed or `process` (may be empty) ended, at most this long
    /// (milliseconds, negative: for ever). False where the time is up.
    bool wait(const Fd& process, int timeout_ms);

private:
    Fd fd_;
    int interval_ms_ = 5; // without inotify
};

} // namespace amphid
