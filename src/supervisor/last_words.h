// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>

namespace amphid {

/// The last 4 KiB of what the service wrote to its standard error in one activation: collected as
/// it comes, or read from the end of the file it writes to.
class LastWords {
public:
    static constexpr std::size_t most = 4096;

    /// A new activation: what was written before is forgotten.
    void clear() { text_.clear(); }
    /// What it wrote just now.
    void take(std::string_view text);

    /// The service is about to write to this file (not owned; must stay open); -1: what it writes
    /// is given to take().
    void begin_file(int fd);

    /// The words, whole lines where there are more.
    std::string text() const;

private:
    std::string end_of_file() const;

    std::string text_;
    int file_ = -1;
    off_t file_begin_ = 0;
};

} // namespace amphid
