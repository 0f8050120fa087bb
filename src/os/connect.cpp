// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/connect.h"

#include "os/unix_address.h"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace amphid {

namespace {

Fd connect_to(int family, int type, const sockaddr* address, socklen_t size) {
    Fd fd(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (fd && ::connect(fd.get(), address, size) < 0 && errno != EINPROGRESS) {
        const int error = errno;
        fd.reset();
        errno = error;
    }
    return fd;
}

Fd connect_unix(const std::string& path) {
    const UnixAddress to = unix_address(path);
    Fd fd;
    for (const int type : {SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM}) {
        fd = connect_to(AF_UNIX, type, to.get(), to.length);
        if (fd || errno != EPROTOTYPE) {
            break;
        }
    }
    return fd;
}

} // namespace

Fd begin_connect(const Endpoint& endpoint, std::size_t address) {
    if (endpoint.kind == Endpoint::Kind::unix_socket) {
        errno = ENOENT;
        return address == 0 ? connect_unix(endpoint.path) : Fd();
    }
    const auto addresses = addresses_of(endpoint);
    if (address >= addresses.size()) {
        errno = ENOENT;
        return {};
    }
    const IpAddress& ip = addresses[address];
    if (ip.is_v6) {
        sockaddr_in6 to{};
        to.sin6_family = AF_INET6;
        to.sin6_port = htons(endpoint.port);
        std::memcpy(&to.sin6_addr, ip.bytes.data(), sizeof to.sin6_addr);
        return connect_to(AF_INET6, SOCK_STREAM, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(endpoint.port);
    std::memcpy(&to.sin_addr, ip.bytes.data(), sizeof to.sin_addr);
    return connect_to(AF_INET, SOCK_STREAM, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

int connect_result(const Fd& socket) {
    pollfd waiting{socket.get(), POLLOUT, 0};
    if (::poll(&waiting, 1, 0) == 0) {
        return EINPROGRESS;
    }
    int error = 0;
    socklen_t size = sizeof error;
    return ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) < 0 ? errno : error;
}

} // namespace amphid
