// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/scratch.h"

#include <string_view>
#include <sys/types.h>

namespace amphid {

/// True for kernels before 6.4 (uname(2)'s release), whose splice(2) does not notify inotify(7)
/// watches.
bool splice_is_silent(std::string_view release);
/// The same for the running kernel.
bool splice_is_silent_here();

/// Peeks at the content of a pipe and removes it only when it has been written to its target: if we
/// are killed in between, nothing is lost, since the next reader finds it in the pipe.
class PipeReader {
public:
    static constexpr std::size_t most = std::size_t{256} * 1024;

    /// The pipe's end, which must stay open and not block. What it takes to look is opened now:
    /// later there may be no descriptors left, and nobody to tell it to. Throws OsError.
    explicit PipeReader(int pipe);

    /// The content, at most `most` bytes; empty if there is none. Valid until the next call.
    std::string_view look();

    /// Frees the memory of the buffer.
    void rest() { buffer_.rest(); }

    /// Moves the next `count` bytes to a file by splice(2). Returns how many were moved; -1 with
    /// errno, EINVAL if this file does not support it.
    ssize_t move_to(int file, std::size_t count);

    /// Discards the next `count` bytes.
    void drop(std::size_t count);

private:
    int pipe_;
    Fd copy_in_; // a pipe of ours that the content is copied to by tee(2)
    Fd copy_out_;
    Fd null_;
    bool is_large_ = false; // the copy
    Scratch buffer_{most};
};

} // namespace amphid
