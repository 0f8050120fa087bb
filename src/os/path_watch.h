// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string>

namespace amphid {

/// Sees a file come into being or change, also in a directory that is not there yet (inotify(7)).
class PathWatch {
public:
    /// `path` is absolute. Throws OsError.
    explicit PathWatch(std::string path);

    /// Readable where something changed on the way to the file.
    int fd() const { return fd_.get(); }

    /// Takes the news, and watches directories that are new.
    void refresh();

private:
    std::string path_;
    Fd fd_;
};

} // namespace amphid
