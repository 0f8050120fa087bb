// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <memory>
#include <string_view>
#include <sys/types.h>

namespace amphid {

/// True of a kernel (uname(2)'s release) whose splice(2) tells no inotify(7) watch of the file,
/// before 6.4.
bool splice_is_silent(std::string_view release);
/// The same of this one.
bool splice_is_silent_here();

/// Looks at what waits in a pipe and takes it out only when it is safe where it belongs: whoever is
/// killed in between has lost nothing, since the next reader finds it in the pipe.
class PipeReader {
public:
    static constexpr std::size_t most = std::size_t{256} * 1024;

    /// The pipe's end, which must stay open and not block.
    explicit PipeReader(int pipe) : pipe_(pipe) {}

    /// What waits, at most `most` bytes; empty where there is nothing. Valid until the next look.
    std::string_view look();

    /// Moves the next `count` bytes to a file, in one step for the kernel. Returns how many were
    /// moved; -1 with errno, EINVAL where this file cannot be written that way.
    ssize_t move_to(int file, std::size_t count);

    /// Takes the next `count` bytes out.
    void drop(std::size_t count);

private:
    int pipe_;
    Fd copy_in_; // a pipe of ours, which what waits is copied to for a look
    Fd copy_out_;
    Fd null_;
    std::unique_ptr<char[]> buffer_;
};

} // namespace amphid
