// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/nonblocking_writer.h"

#include "base/text.h"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amphid {

void NonblockingWriter::choose_way() {
    struct stat st {};
    if (::fstat(fd_, &st) < 0) {
        return;
    }
    if (S_ISSOCK(st.st_mode)) {
        way_ = Way::socket;
    } else if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode)) {
        const std::string path = concat("/proc/self/fd/", fd_);
        own_ = Fd(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
        way_ = own_ ? Way::reopened : Way::polled; // another user's pipe or terminal
    } else {
        way_ = Way::plain;
    }
}

bool NonblockingWriter::write(std::string_view text) {
    if (way_ == Way::unknown) {
        choose_way();
    }
    ssize_t n = -1;
    switch (way_) {
    case Way::socket:
        n = ::send(fd_, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        break;
    case Way::reopened:
        n = ::write(own_.get(), text.data(), text.size());
        break;
    case Way::polled: {
        // A pipe that polls as writable takes PIPE_BUF bytes at once (pipe(7)).
        pollfd room{fd_, POLLOUT, 0};
        if (::poll(&room, 1, 0) == 0) {
            errno = EAGAIN;
            return false;
        }
        [[fallthrough]];
    }
    case Way::plain:
        n = ::write(fd_, text.data(), text.size());
        break;
    case Way::unknown:
        errno = EBADF;
        return false;
    }
    return n == static_cast<ssize_t>(text.size());
}

} // namespace amphid
