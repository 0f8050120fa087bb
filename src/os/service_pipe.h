// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <cstdint>

namespace amphid {

/// A pipe that a service writes to and we read. The service's end is open for reading, too: our
/// death is no SIGPIPE for it, and whoever comes after us finds what was not read yet.
class ServicePipe {
public:
    /// Makes it, once; throws OsError. Returns the service's end.
    int open();

    /// The pipe that a process has had as this descriptor from a launcher before us, told by its
    /// inode (0: there was none); false where it is no more to be had.
    bool take_over(int pid, int number, std::uint64_t inode);

    explicit operator bool() const { return static_cast<bool>(read_); }

    /// Our end, which never blocks; -1 before it is open.
    int fd() const { return read_.get(); }
    /// 0 before it is open.
    std::uint64_t inode() const;

private:
    Fd read_;
    Fd write_;
};

} // namespace amphid
