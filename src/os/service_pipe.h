// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <cstdint>

namespace amphid {

/// A pipe that a service writes to and we read. The service's end is open for reading, too: our
/// death causes no SIGPIPE, and our successor finds what was not read yet.
class ServicePipe {
public:
    /// Creates it, once, and returns the service's end. Throws OsError.
    int open();

    /// Takes over the pipe that a process has as this descriptor from an earlier launcher,
    /// identified by its inode (0: there was none); false if that is impossible.
    bool take_over(int pid, int number, std::uint64_t inode);

    explicit operator bool() const { return static_cast<bool>(read_); }

    /// Our end, non-blocking; -1 before it is open.
    int fd() const { return read_.get(); }
    /// 0 before it is open.
    std::uint64_t inode() const { return inode_; }
    /// True if a writer would have to wait for room.
    bool is_full() const;

private:
    Fd read_;
    Fd write_;
    std::uint64_t inode_ = 0;
};

} // namespace amphid
