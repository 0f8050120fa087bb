// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/service_pipe.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace amphid {

/// Passes a stream of the service on to where it belongs, and shows it line by line to whoever
/// waits for one. The service's end is open for reading too: our death is no SIGPIPE for it.
class LinePump {
public:
    using Hear = std::function<void(std::string_view line)>;

    /// Makes the pipe, once; throws OsError. Returns the service's end.
    int open();

    /// The pipe that a process has had as this descriptor from a launcher before us, told by its
    /// inode; false where it is no more to be had.
    bool take_over(int pid, int number, std::uint64_t inode);
    /// Of the pipe; 0: there is none.
    std::uint64_t inode() const { return pipe_.inode(); }

    /// Where it goes from now on: a descriptor that is kept here; empty drops it.
    void aim(Fd target);

    /// Becomes readable when drain() has something to do; -1 before open().
    int fd() const { return epoll_.get(); }
    /// Passes on what waits. What the target does not take at once stays in the pipe, so that the
    /// service is held back and not we.
    void drain(const Hear& hear);

private:
    void watch_pipe();
    bool has_room() const;
    void wait_for_room(bool wait);

    Fd epoll_;
    bool waits_for_room_ = false;
    ServicePipe pipe_;
    Fd target_;
    std::string line_; // the beginning of one that has no end yet
};

/// Cuts a stream into lines for `hear`; `rest` keeps what has no end yet. A line longer than 4096
/// bytes is shown by its beginning.
void cut_lines(std::string_view text, std::string& rest, const LinePump::Hear& hear);

} // namespace amphid
