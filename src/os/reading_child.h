// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// A program of the PATH whose standard output we read. It ends with this object at the latest.
class ReadingChild {
public:
    /// `input`: its standard input; -1: nothing. Throws OsError where it cannot be executed.
    explicit ReadingChild(const std::vector<std::string>& argv, int input = -1);
    ReadingChild& operator=(ReadingChild&&) = delete;
    ~ReadingChild();

    int fd() const { return output_.get(); }
    /// Waits for its end; its exit code, 128 + N for a death by signal.
    int finish();

private:
    Fd output_;
    pid_t pid_ = -1;
};

} // namespace amphid
