// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/journal_socket.h"

#include "os/syslog_socket.h"
#include "os/unix_address.h"

#include <cerrno>

namespace amphid {

namespace {

Fd connect_to(std::string_view path) {
    Fd out(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const UnixAddress to = unix_address(path);
    return out && ::connect(out.get(), to.get(), to.length) == 0 ? std::move(out) : Fd();
}

bool is_busy(const Fd& fd) {
    return fd && (errno == EAGAIN || errno == ENOBUFS);
}

} // namespace

JournalSocket::Answer JournalSocket::send(std::string_view entry) {
    if (send_at_once(fd_, entry)) {
        return Answer::taken;
    }
    if (is_busy(fd_)) {
        return Answer::busy;
    }
    fd_ = connect_to(path_); // journald was started or restarted meanwhile
    if (send_at_once(fd_, entry)) {
        return Answer::taken;
    }
    return is_busy(fd_) ? Answer::busy : Answer::absent;
}

} // namespace amphid
