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

/// The last lines of a file, each with its end, of no more than its last 16 KiB; empty where it
/// cannot be read. Never waits.
std::string last_lines(const std::string& path, std::size_t count);

/// Reads a log file and its older ones line by line, from the oldest on, and goes on where it was
/// when there is more, over rotations.
class LogReader {
public:
    using Hear = std::function<void(std::string_view line)>;

    /// The current file's absolute path; it may be missing.
    explicit LogReader(const std::string& path);

    /// Every line that was finished since the last time.
    void read(const Hear& hear);
    /// The one that has no end yet, if any.
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
