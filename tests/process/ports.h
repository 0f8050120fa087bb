// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// Ports for services that listen.

#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace amphid::test {

/// A port that was free a moment ago, for TCP (or with SOCK_DGRAM for UDP) and both families.
inline std::string free_port(int type = SOCK_STREAM) {
    const int v6 = ::socket(AF_INET6, type | SOCK_CLOEXEC, 0);
    const int fd = v6 >= 0 ? v6 : ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
    const int off = 0;
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    sockaddr_storage at{};
    at.ss_family = static_cast<sa_family_t>(v6 >= 0 ? AF_INET6 : AF_INET);
    socklen_t size = v6 >= 0 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    const bool bound = ::bind(fd, reinterpret_cast<sockaddr*>(&at), size) == 0 &&
                       ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0;
    ::close(fd);
    // The port stands at the same place in both kinds of address.
    return bound ? std::to_string(ntohs(reinterpret_cast<sockaddr_in*>(&at)->sin_port)) : "0";
}

} // namespace amphid::test
