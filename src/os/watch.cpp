// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/watch.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <poll.h>
#include <sys/inotify.h>

namespace amphid {

Watch::Watch(const std::string& directory) : fd_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
    // Releasing a lock, even by dying, closes a file that was open for writing.
    const std::uint32_t events =
        IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
    if (::inotify_add_watch(fd_.get(), directory.c_str(), events) < 0) {
        fd_.reset();
    }
}

bool Watch::wait(const Fd& process, int timeout_ms) {
    constexpr int longest_ms = 250;
    std::array<pollfd, 2> fds{pollfd{fd_.get(), POLLIN, 0}, pollfd{process.get(), POLLIN, 0}};
    if (!fd_) {
        const bool ended = ::poll(fds.data(), fds.size(), interval_ms_) > 0;
        interval_ms_ = std::min(2 * interval_ms_, longest_ms);
        return ended || interval_ms_ < longest_ms;
    }
    const int n = ::poll(fds.data(), fds.size(), timeout_ms);
    std::array<char, 4096> events;
    while (::read(fd_.get(), events.data(), events.size()) > 0) {
    }
    return n > 0;
}

} // namespace amphid
