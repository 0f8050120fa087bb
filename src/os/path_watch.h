// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string>

namespace amphid {

/// Reports when a file appears or changes, even in a directory that does not exist yet
/// (inotify(7)).
class PathWatch {
public:
    /// `path` is absolute. Throws OsError.
    explicit PathWatch(std::string path);

    /// Readable after a change on the path to the file.
    int fd() const { return fd_.get(); }

    /// Consumes the events, and watches new directories.
    void refresh();

private:
    std::string path_;
    Fd fd_;
};

} // namespace amphid
