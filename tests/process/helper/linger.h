// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// Descriptors that hold up whoever closes them last.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fcntl.h>

namespace amphid::test {

/// A connected TCP socket with bytes that nobody will read: its close(2) waits `seconds`. Its peer
/// stays open as `peer`. -1 where there is none to be had.
inline int lingering_socket(int seconds, int& peer) {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int little = 1024;
    ::setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto* address = reinterpret_cast<sockaddr*>(&at);
    if (::bind(listener, address, size) < 0 || ::listen(listener, 1) < 0 ||
        ::getsockname(listener, address, &size) < 0) {
        ::close(listener);
        return -1;
    }
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, address, size) < 0) {
        ::close(listener);
        ::close(fd);
        return -1;
    }
    peer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    ::close(listener);
    const std::array<char, 65536> bytes{};
    while (::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
    }
    const linger wait{1, seconds};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &wait, sizeof wait);
    return fd;
}

/// A socket in whose queue that descriptor waits; takes the descriptor over.
inline int wrapped(int fd) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) < 0)
        return -1;
    char byte = 0;
    iovec part{&byte, 1};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    const bool sent = ::sendmsg(ends[0], &message, MSG_NOSIGNAL) == 1;
    ::close(ends[0]);
    ::close(fd);
    return sent ? ends[1] : -1;
}

} // namespace amphid::test
