// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/service_pipe.h"
#include "supervisor/loop.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace amphid {

/// A line of output, or a part of one that is too long to be held.
struct Line {
    std::string_view text;
    bool begins = true; // it has the line's beginning
    bool ends = true;   // and its end
};

/// Cuts a stream into lines. Of a line longer than `longest` parts are shown, each of which begins
/// with the second half of the one before.
class LineCutter {
public:
    static constexpr std::size_t longest = 8192;
    void cut(std::string_view text, const std::function<void(const Line&)>& hear);

private:
    std::string rest_; // what has no end yet
    bool begins_ = true;
};

/// Passes a stream of the service on to where it belongs, and shows it line by line to whoever
/// waits for one. The service's end is open for reading too: our death is no SIGPIPE for it.
class LinePump {
public:
    LinePump(Loop& loop, std::function<void(const Line&)> hear);

    /// Makes the pipe, once; throws OsError. Returns the service's end.
    int open();

    /// The pipe that a process has had as this descriptor from a launcher before us, told by its
    /// inode; false where it is no more to be had.
    bool take_over(int pid, int number, std::uint64_t inode);
    /// Of the pipe; 0: there is none.
    std::uint64_t inode() const { return pipe_.inode(); }

    /// Where it goes from now on: a descriptor that is kept here; empty drops it.
    void aim(Fd target);

    /// Passes on from now on. What the target does not take at once stays in the pipe, so that the
    /// service is held back and not we. Throws OsError.
    void begin();
    /// Passes on what waits, at most `budget` bytes of it.
    void drain(std::size_t budget);

private:
    bool has_room() const;

    std::function<void(const Line&)> hear_;
    LineCutter lines_;
    ServicePipe pipe_;
    Fd target_;
    EventSource text_;
    EventSource room_;
};

} // namespace amphid
