// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/watch.h"

#include "os/os_error.h"

#include <algorithm>
#include <array>
#include <poll.h>
#include <sys/inotify.h>

namespace amphid {

Watch::Watch(const std::string& directory) : fd_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    if (!fd_ && errno != EMFILE) {
        throw OsError("cannot watch", directory);
    }
    // A lock that is let go closes a file that was open for writing, even by a death.
    const int watch = ::inotify_add_watch(fd_.get(), directory.c_str(),
                                          IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE | IN_ONLYDIR);
    if (fd_ && watch < 0) {
        if (errno != ENOSPC) {
            throw OsError("cannot watch", directory);
        }
        fd_.reset();
    }
}

bool Watch::wait(const Fd& process, int timeout_ms) {
    constexpr int longest_ms = 250;
    std::array<pollfd, 2> fds{pollfd{fd_.get(), POLLIN, 0}, pollfd{process.get(), POLLIN, 0}};
    if (!fd_) {
        ::poll(fds.data(), fds.size(), interval_ms_);
        interval_ms_ = std::min(2 * interval_ms_, longest_ms);
        return true;
    }
    const int n = ::poll(fds.data(), fds.size(), timeout_ms);
    std::array<char, 4096> events;
    while (::read(fd_.get(), events.data(), events.size()) > 0) {
    }
    return n > 0;
}

} // namespace amphid
