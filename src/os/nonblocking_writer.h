// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string_view>

namespace amphid {

/// Writes to a descriptor that we share with others (standard error), without waiting for its
/// reader and without making it non-blocking for them.
class NonblockingWriter {
public:
    /// Does not own the descriptor, which must stay open.
    explicit NonblockingWriter(int fd) : fd_(fd) {}

    /// False, with errno, if the text could not be written at once: EAGAIN if the reader is behind.
    bool write(std::string_view text);

private:
    enum class Way { unknown, plain, socket, reopened, polled };
    void choose_way();

    int fd_;
    Fd own_; // the same file, opened anew
    Way way_ = Way::unknown;
};

} // namespace amphid
