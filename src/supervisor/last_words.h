// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "supervisor/forwarder.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace amphid {

/// The last 4 KiB of what the service wrote to its standard error since `begin`: from a pipe that
/// is drained for life, or from the end of the file it writes to.
class LastWords {
public:
    static constexpr std::size_t most = 4096;

    /// Makes the pipe, once; throws OsError. Returns the service's end, which is open for reading
    /// too: the death of the launcher is no SIGPIPE for the service.
    int open_pipe();

    /// The pipe that a process has had as standard error from a launcher before us, told by its
    /// inode; without effect where it is no more to be had.
    void take_over(int pid, std::uint64_t inode);
    /// Of the pipe; 0: there is none.
    std::uint64_t inode() const;
    /// From now on what comes through the pipe is logged, too, under this name.
    void forward_as(std::string identifier) { forwarder_.emplace(std::move(identifier)); }

    /// The service is about to write to this file (not owned; must stay open); -1 for none.
    void begin_file(int fd);
    void begin_pipe() { text_.clear(); }

    /// Takes what waits in the pipe.
    void drain();

    int fd() const { return read_.get(); }

    /// The words, whole lines where there are more.
    std::string text();

private:
    Fd read_;
    Fd write_;
    std::string text_;
    std::optional<Forwarder> forwarder_;
    int file_ = -1;
    off_t file_begin_ = 0;
};

} // namespace amphid
