// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// Both ends of the NOTIFY_SOCKET protocol as an honest client and as systemd itself play it.

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace amphid::test {

/// The address of a notify socket; a leading '@' is the abstract namespace, whose length counts.
struct NotifyAddress {
    sockaddr_un address{};
    socklen_t length = 0;
};

inline std::optional<NotifyAddress> notify_address(std::string_view name) {
    NotifyAddress to;
    if (name.size() < 2 || name.size() >= sizeof to.address.sun_path)
        return std::nullopt;
    to.address.sun_family = AF_UNIX;
    std::memcpy(to.address.sun_path, name.data(), name.size());
    if (name[0] == '@')
        to.address.sun_path[0] = '\0';
    const std::size_t end = name[0] == '@' ? name.size() : name.size() + 1;
    to.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + end);
    return to;
}

/// Sends one datagram to the socket of that name, with a descriptor when `passed` is not -1, so
/// many times over. Returns 0 or an errno.
inline int send_notify(std::string_view socket_name, std::string_view text, int passed = -1,
                       std::size_t times = 1) {
    constexpr std::size_t most = 253; // SCM_MAX_FD
    const auto to = notify_address(socket_name);
    if (!to)
        return EINVAL;
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    iovec part{const_cast<char*>(text.data()), text.size()};
    sockaddr_un address = to->address;
    msghdr message{};
    message.msg_name = &address;
    message.msg_namelen = to->length;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) char control[CMSG_SPACE(most * sizeof(int))] = {};
    if (passed >= 0 && times <= most) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(times * sizeof(int));
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(times * sizeof(int));
        for (std::size_t i = 0; i < times; ++i)
            std::memcpy(CMSG_DATA(header) + i * sizeof(int), &passed, sizeof passed);
    }
    const int refused = ::sendmsg(fd, &message, MSG_NOSIGNAL) < 0 ? errno : 0;
    ::close(fd);
    return refused;
}

/// Sends to NOTIFY_SOCKET; like sd_notify, does nothing when the variable is not set.
inline int notify(std::string_view text, int passed = -1, std::size_t times = 1) {
    const char* name = std::getenv("NOTIFY_SOCKET");
    return name == nullptr ? 0 : send_notify(name, text, passed, times);
}

/// Sends so many datagrams with a descriptor each; 0: until nobody takes them any more, which is
/// then no failure.
inline int flood(std::string_view socket_name, std::string_view text, long count) {
    for (long sent = 0; count == 0 || sent < count; ++sent)
        if (send_notify(socket_name, text, STDERR_FILENO) != 0)
            return count == 0 ? 0 : 1;
    return 0;
}

/// A bound notify server socket that is told its senders' credentials; -1 when refused.
inline int bind_notify(std::string_view name) {
    const auto at = notify_address(name);
    const int fd = at ? ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
    if (fd < 0)
        return -1;
    const int on = 1;
    if (::setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on) < 0 ||
        ::bind(fd, reinterpret_cast<const sockaddr*>(&at->address), at->length) < 0) {
        ::close(fd);
        return -1;
    }
    return fd;
}

/// One message as systemd would see it. Descriptors that came with it are closed and counted.
struct Datagram {
    pid_t pid = 0;
    uid_t uid = 0;
    int descriptors = 0;
    std::string text;
};

inline void read_control(msghdr& message, Datagram& datagram) {
    for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
        if (c->cmsg_level != SOL_SOCKET)
            continue;
        if (c->cmsg_type == SCM_CREDENTIALS) {
            ucred sender{};
            std::memcpy(&sender, CMSG_DATA(c), sizeof sender);
            datagram.pid = sender.pid;
            datagram.uid = sender.uid;
        } else if (c->cmsg_type == SCM_RIGHTS) {
            const std::size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (std::size_t i = 0; i < count; ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
                ::close(fd);
                ++datagram.descriptors;
            }
        }
    }
}

/// Takes one waiting datagram; nothing when there is none.
inline std::optional<Datagram> receive_notify(int fd) {
    char text[8192];
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(16 * sizeof(int))];
    iovec part{text, sizeof text};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = ::recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0)
        return std::nullopt;
    Datagram datagram;
    datagram.text.assign(text, static_cast<std::size_t>(got));
    read_control(message, datagram);
    return datagram;
}

} // namespace amphid::test
