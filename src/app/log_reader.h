// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <functional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace amphid {

/// The last lines of a file, each with its end, of no more than its last 16 KiB; empty if it cannot
/// be read. Never blocks.
std::string last_lines(const std::string& path, std::size_t count);

/// Reads a log file and its rotated ones line by line, from the oldest on, and continues where it
/// was when there is more, across rotations.
class LogReader {
public:
    using Hear = std::function<void(std::string_view line)>;

    /// The current file's absolute path; it may be missing.
    explicit LogReader(const std::string& path);

    /// Reports every line finished since the last call.
    void read(const Hear& hear);
    /// Reports the unfinished line, if any.
    void read_unfinished(const Hear& hear);

    const std::string& directory() const { return directory_; }

private:
    std::vector<std::string> chain() const;
    bool open(const std::string& name);
    bool go_on(const Hear& hear);
    void read_file(const Hear& hear);

    std::string directory_;
    std::string name_;
    Fd file_;
    struct stat identity_ {};
    std::string rest_;
};

} // namespace amphid
