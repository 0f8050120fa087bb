// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/path_watch.h"

#include "os/os_error.h"

#include <array>
#include <cstdint>
#include <sys/inotify.h>
#include <unistd.h>
#include <utility>

namespace amphid {

PathWatch::PathWatch(std::string path)
    : path_(std::move(path)),
      fd_(checked(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK), "cannot watch", path_)) {
    refresh();
}

void PathWatch::refresh() {
    std::array<char, 4096> news;
    while (::read(fd_.get(), news.data(), news.size()) > 0) {
    }
    constexpr std::uint32_t changes =
        IN_CREATE | IN_MOVED_TO | IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_ONLYDIR;
    for (auto end = path_.find('/'); end != std::string::npos; end = path_.find('/', end + 1)) {
        // If it does not exist, its parent's watch will report it.
        ::inotify_add_watch(fd_.get(), path_.substr(0, end + 1).c_str(), changes);
    }
}

} // namespace amphid
