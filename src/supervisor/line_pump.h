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

/// A line of output, or a part of one that is too long to be buffered.
struct Line {
    std::string_view text;
    bool begins = true; // includes the beginning of the line
    bool ends = true;   // includes the end of the line
};

/// Splits a stream into lines. A line longer than `longest` is reported in parts, each beginning
/// with the second half of the previous one.
class LineCutter {
public:
    static constexpr std::size_t longest = 8192;
    void cut(std::string_view text, const std::function<void(const Line&)>& hear);

private:
    std::string rest_; // the unfinished line
    bool begins_ = true;
};

/// Forwards a stream of the service to its target, and reports each line. The service's end is open
/// for reading, too, so that our death causes no SIGPIPE.
class LinePump {
public:
    LinePump(Loop& loop, std::function<void(const Line&)> hear);

    /// Creates the pipe, once, and returns the service's end. Throws OsError.
    int open();

    /// Takes over the pipe that a process has as this descriptor from an earlier launcher,
    /// identified by its inode; false if that is impossible.
    bool take_over(int pid, int number, std::uint64_t inode);
    /// Inode of the pipe; 0: there is none.
    std::uint64_t inode() const { return pipe_.inode(); }

    /// Sets the target, which is owned from now on; empty drops the output.
    void aim(Fd target);

    /// Starts forwarding. What the target does not accept stays in the pipe, so that the service
    /// blocks instead of us. Throws OsError.
    void begin();
    /// Forwards the content of the pipe, at most `budget` bytes.
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
