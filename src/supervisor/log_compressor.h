// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "plan/log_settings.h"
#include "supervisor/log.h"
#include "supervisor/loop.h"

#include <string>
#include <sys/stat.h>

namespace amphid {

/// Has the older files of a log compressed, one after the other, the oldest first, by a process of
/// its own. A launcher that ends, or is killed, ends it: the file stays as it was, and the next
/// launcher begins it anew.
class LogCompressor {
public:
    LogCompressor(Loop& loop, const LogSettings& settings, Log& log);
    LogCompressor(const LogCompressor&) = delete;
    LogCompressor& operator=(const LogCompressor&) = delete;
    ~LogCompressor();

    /// There may be something to do. The file of this identity is still being written to, whatever
    /// it is called by now.
    void look(const struct stat& current);

private:
    void tidy_up();
    void begin_next();
    void ended();
    bool is_current(const std::string& name) const;
    void fail(std::string_view text);

    const LogSettings& settings_;
    Log& log_;
    std::string directory_path_;
    std::string name_;
    Fd directory_;
    struct stat current_ {};
    std::string working_on_; // empty: nothing
    std::string failed_;     // is not tried again
    std::string last_error_; // not repeated
    Fd process_;
    EventSource source_;
};

} // namespace amphid
