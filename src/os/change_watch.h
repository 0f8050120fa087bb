// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace amphid {

/// Reports changes of files and of whole directory trees (inotify(7)). Left out are hidden files
/// and directories, backup files ("x~") and what tools write beside the sources (`__pycache__`,
/// `node_modules`), unless they are named as a path. Symbolic links below a path are not followed.
class ChangeWatch {
public:
    /// Throws OsError if inotify is denied or used up.
    ChangeWatch();

    /// A file, which may be replaced by rename, or a directory with everything in it; an absolute
    /// path. Throws OsError if it does not exist or cannot be watched.
    void add(const std::string& path);

    /// Readable after a change.
    int fd() const { return fd_.get(); }

    /// Consumes the events and watches new directories; the path of a file that has changed, empty
    /// if none has.
    std::string take();

private:
    struct Place {
        std::string directory;
        bool whole = false;          // all names in it
        std::set<std::string> names; // otherwise these
    };

    void add_file(const std::string& path);
    void add_tree(const std::string& directory);
    Place& watch(const std::string& directory);
    std::string consume(const char* event);

    Fd fd_;
    std::map<int, Place> places_; // by watch descriptor
};

} // namespace amphid
