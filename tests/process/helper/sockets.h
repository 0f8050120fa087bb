// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// What a service without a word for its manager does: it listens, answers, stores descriptors.

#include "notify.h"
#include "text.h"

#include <arpa/inet.h>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace amphid::test {

/// A TCP socket that listens on this port of 127.0.0.1 for ever; ends the process where it cannot.
inline int listen_at(const std::string& port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port.c_str())));
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) < 0 || ::listen(fd, 8) < 0)
        ::_exit(97);
    return fd;
}

/// Answers every request on this port with a status line, for ever.
[[noreturn]] inline void answer_at(const std::string& port, const std::string& status) {
    const int listener = listen_at(port);
    for (;;) {
        const int peer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        char request[1024];
        if (::recv(peer, request, sizeof request, 0) > 0) {
            const std::string answer = "HTTP/1.1 " + status + "\r\nConnection: close\r\n\r\n";
            ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
        }
        ::close(peer);
    }
}

/// Gives a descriptor away under that name; what it holds is the name.
inline void store_descriptor(const std::string& name) {
    const int fd = ::memfd_create(name.c_str(), MFD_CLOEXEC);
    if (::write(fd, name.data(), name.size()) < 0)
        ::_exit(96);
    notify("FDSTORE=1\nFDNAME=" + name, fd);
    ::close(fd);
}

/// "NAME=what it holds" for each descriptor from 3 on that this process was given, one a line.
inline std::string given_descriptors() {
    const char* pid = std::getenv("LISTEN_PID");
    const char* count = std::getenv("LISTEN_FDS");
    const char* names = std::getenv("LISTEN_FDNAMES");
    if (pid == nullptr || count == nullptr || std::atoi(pid) != ::getpid())
        return "none\n";
    std::string out;
    std::string rest = names == nullptr ? "" : names;
    for (int fd = 3; fd < 3 + std::atoi(count); ++fd) {
        char text[64];
        const ssize_t got = ::pread(fd, text, sizeof text, 0);
        const std::string name = rest.substr(0, rest.find(':'));
        rest.erase(0, name.size() + 1);
        out += name + "=" + std::string(text, got > 0 ? static_cast<std::size_t>(got) : 0) + "\n";
    }
    return out;
}

} // namespace amphid::test
