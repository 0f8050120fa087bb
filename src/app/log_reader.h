// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "os/fd.h"
#include "os/reading_child.h"

#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace amphid {

/// The last lines of a file, each with its end, of no more than its last 16 KiB; empty where it
/// cannot be read. Never waits.
std::string last_lines(const std::string& path, std::size_t count);

/// Takes a stream that comes in pieces apart into lines. A line longer than 1 MiB comes in parts.
class LineBuffer {
public:
    /// Reads on; the result is read(2)'s.
    ssize_t fill(int fd);
    /// The next line that has its end.
    std::optional<std::string> next();
    /// What has no end yet, if anything.
    std::optional<std::string> rest();

private:
    std::string text_;
    std::size_t begin_ = 0;
};

/// Reads a log file and its older ones line by line, from the oldest on, compressed ones too, and
/// goes on where it was when there is more, over rotations.
class LogReader {
public:
    /// The current file's absolute path; it may be missing. Throws OsError where nothing can be
    /// read there.
    explicit LogReader(const std::string& path);

    /// Files that were rotated before this moment are passed over.
    void skip_before(TimeSpan moment) { since_ = moment; }

    /// Begins with the last lines, at least so many where there are as many; before the first
    /// next().
    void skip_to_last(std::size_t lines);

    /// The next line that has its end; nothing where there is none for now.
    std::optional<std::string> next();
    /// The one that has no end yet, if any.
    std::optional<std::string> unfinished() { return lines_.rest(); }

    /// There is a file.
    bool exists() const;
    const std::string& directory() const { return directory_; }

private:
    std::vector<std::string> older() const;
    bool open(const std::string& name);
    bool open_current(const std::vector<std::string>& older);
    bool open_older(const std::string& name);
    bool is_read_to_its_end();
    bool begin_in_last(std::size_t lines);
    std::size_t skip_in_file(std::size_t lines);
    bool is_here(const std::string& name) const;
    std::optional<std::string> name_of_next() const;
    bool go_on();
    std::string stem_of(const std::string& name) const;
    std::string path_of(const std::string& name) const;

    std::string directory_;
    std::string name_;
    TimeSpan since_;
    Fd file_;
    std::optional<ReadingChild> child_; // that decompresses it
    struct stat identity_ {};
    bool began_ = false;
    /// The older file that is read, without the suffix of its compression; where the current one is
    /// read, the newest of the older ones when it was opened.
    std::string stem_;
    bool is_current_ = false;
    LineBuffer lines_;
};

} // namespace amphid
