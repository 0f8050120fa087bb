// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/pipe_reader.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amphid {

/// Output on its way from the pipe into a log file whose lines get stamps. It leaves the pipe for
/// this file in one step (splice(2)), together with the place where it goes: a launcher that is
/// killed while it writes leaves it to the next one, which writes the rest, so that nothing is lost
/// or doubled. Best effort: where there is no room for it, nothing is held.
class LogDraft {
public:
    /// Where the text goes.
    struct Place {
        std::uint64_t device = 0;
        std::uint64_t inode = 0;
        std::uint64_t size = 0; // of the log file before it
        bool begins_line = true;
        std::string stamp;
    };
    struct Left {
        Place place;
        std::string text;
    };

    /// `path` of the file, in a directory that is the launcher's alone; empty: none is kept.
    explicit LogDraft(std::string path) : path_(std::move(path)) {}
    LogDraft(const LogDraft&) = delete;
    LogDraft& operator=(const LogDraft&) = delete;
    ~LogDraft();

    /// Moves up to `count` bytes here; returns how many have left the pipe.
    std::size_t hold(PipeReader& pipe, std::size_t count, const Place& place);
    /// They are in the log, or lost.
    void done();
    /// Removes the file.
    void forget();

    /// What a launcher before us has held and not done.
    std::optional<Left> left() const;

private:
    bool open();

    std::string path_;
    Fd file_;
};

} // namespace amphid
