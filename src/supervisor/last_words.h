// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>

namespace amphid {

/// The last 4 KiB of the service's standard error in one activation: collected as it arrives, or
/// read from the end of the file it goes to.
class LastWords {
public:
    static constexpr std::size_t most = 4096;

    /// A new activation: what was written before is forgotten.
    void clear() { text_.clear(); }
    /// Adds output.
    void take(std::string_view text);

    /// The service is about to write to this file (not owned; must stay open); -1: its output is
    /// passed to take().
    void begin_file(int fd);

    /// The text, in whole lines if it was cut.
    std::string text() const;

private:
    std::string end_of_file() const;

    std::string text_;
    int file_ = -1;
    off_t file_begin_ = 0;
};

} // namespace amphid
