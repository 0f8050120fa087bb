// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// What a service without a word for its manager does: it listens, answers, stores descriptors.

#include "file.h"
#include "notify.h"
#include "text.h"

#include <arpa/inet.h>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace amphid::test {

/// The address "HOST:PORT", with an IPv6 host in brackets; a path, or "@name".
inline socklen_t socket_address(const std::string& text, sockaddr_storage& out) {
    if (text[0] == '/' || text[0] == '@') {
        const auto at = notify_address(text);
        std::memcpy(&out, &at->address, sizeof at->address);
        return at->length;
    }
    const std::size_t colon = text.rfind(':');
    const bool v6 = text[0] == '[';
    const std::string host = v6 ? text.substr(1, colon - 2) : text.substr(0, colon);
    const in_port_t port = htons(static_cast<std::uint16_t>(std::atoi(text.c_str() + colon + 1)));
    if (v6) {
        auto* at = reinterpret_cast<sockaddr_in6*>(&out);
        at->sin6_family = AF_INET6;
        at->sin6_port = port;
        ::inet_pton(AF_INET6, host.c_str(), &at->sin6_addr);
        return sizeof *at;
    }
    auto* at = reinterpret_cast<sockaddr_in*>(&out);
    at->sin_family = AF_INET;
    at->sin_port = port;
    ::inet_pton(AF_INET, host.c_str(), &at->sin_addr);
    return sizeof *at;
}

/// A socket of this kind: `stream`, `seqpacket` or `datagram`; `v6-stream` and `v6-datagram` leave
/// IPv4 alone, `bound-stream` does not listen. Ends the process where it cannot be had.
inline int socket_at(const std::string& kind, const std::string& address) {
    sockaddr_storage at{};
    const socklen_t length = socket_address(address, at);
    const bool datagram = kind.ends_with("datagram");
    const int type = datagram                      ? SOCK_DGRAM
                     : kind.ends_with("seqpacket") ? SOCK_SEQPACKET
                                                   : SOCK_STREAM;
    const int fd = ::socket(at.ss_family, type | SOCK_CLOEXEC, 0);
    const int on = 1;
    const int only = kind.starts_with("v6-");
    if (!datagram)
        ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (at.ss_family == AF_INET6)
        ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    const bool waits = datagram || kind.starts_with("bound-");
    if (::bind(fd, reinterpret_cast<const sockaddr*>(&at), length) < 0 ||
        (!waits && ::listen(fd, 8) < 0))
        ::_exit(97);
    return fd;
}

/// A TCP socket that listens on this port of 127.0.0.1 for ever; ends the process where it cannot.
inline int listen_at(const std::string& port) {
    return socket_at("stream", "127.0.0.1:" + port);
}

inline void answer_one(int listener, const std::string& status) {
    const int peer = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    char request[1024];
    if (::recv(peer, request, sizeof request, 0) > 0) {
        const std::string answer = "HTTP/1.1 " + status + "\r\nConnection: close\r\n\r\n";
        ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    ::close(peer);
}

/// Answers every request on this port with a status line, for ever.
[[noreturn]] inline void answer_at(const std::string& port, const std::string& status) {
    const int listener = listen_at(port);
    for (;;)
        answer_one(listener, status);
}

/// Answers each request with what stands in the file by then.
[[noreturn]] inline void answer_from(const std::string& port, const std::string& file) {
    const int listener = listen_at(port);
    for (;;) {
        pollfd asked{listener, POLLIN, 0};
        ::poll(&asked, 1, -1);
        answer_one(listener, read_file(file).value_or("404 No File"));
    }
}

/// Answers each connection on descriptor 3 with our PID. Ends on SIGTERM, between two of them;
/// after that many (0: never) it dies of SIGKILL.
[[noreturn]] inline void serve_given(int count) {
    sigset_t term;
    ::sigemptyset(&term);
    ::sigaddset(&term, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &term, nullptr);
    const int asked_to_end = ::signalfd(-1, &term, SFD_CLOEXEC);
    for (int served = 0; count == 0 || served < count;) {
        pollfd events[] = {{asked_to_end, POLLIN, 0}, {3, POLLIN, 0}};
        ::poll(events, 2, -1);
        if (events[0].revents != 0)
            ::_exit(0);
        const int peer = ::accept4(3, nullptr, nullptr, SOCK_CLOEXEC);
        if (peer >= 0) {
            const std::string answer = std::to_string(::getpid()) + "\n";
            ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
            ::close(peer);
            ++served;
        }
    }
    ::raise(SIGKILL);
    ::_exit(95);
}

inline void unblock(int fd) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/// A line for each descriptor from 3 on that this process was given (sd_listen_fds(3)).
template <class Line>
std::string for_each_given(Line line) {
    const char* pid = std::getenv("LISTEN_PID");
    const char* count = std::getenv("LISTEN_FDS");
    const char* names = std::getenv("LISTEN_FDNAMES");
    if (pid == nullptr || count == nullptr || std::atoi(pid) != ::getpid())
        return "none\n";
    std::string out;
    std::string rest = names == nullptr ? "" : names;
    for (int fd = 3; fd < 3 + std::atoi(count); ++fd) {
        const std::string name = rest.substr(0, rest.find(':'));
        rest.erase(0, name.size() + 1);
        out += line(fd, name);
    }
    return out;
}

/// "NAME TYPE ADDRESS" for each descriptor from 3 on that this process was given, one a line,
/// with "nonblocking" behind one that does not block.
inline std::string given_sockets() {
    return for_each_given([](int fd, const std::string& name) {
        sockaddr_storage at{};
        socklen_t size = sizeof at;
        int type = 0;
        socklen_t type_size = sizeof type;
        const bool socket = ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0;
        ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size);
        const char* const kind = !socket                  ? "fifo"
                                 : type == SOCK_STREAM    ? "stream"
                                 : type == SOCK_SEQPACKET ? "seqpacket"
                                                          : "datagram";
        char text[INET6_ADDRSTRLEN] = "";
        std::string address;
        if (at.ss_family == AF_INET || at.ss_family == AF_INET6) {
            const bool v6 = at.ss_family == AF_INET6;
            const auto* in4 = reinterpret_cast<const sockaddr_in*>(&at);
            const auto* in6 = reinterpret_cast<const sockaddr_in6*>(&at);
            ::inet_ntop(at.ss_family,
                        v6 ? static_cast<const void*>(&in6->sin6_addr) : &in4->sin_addr, text,
                        sizeof text);
            address = std::string(text) + " " + std::to_string(ntohs(in4->sin_port));
        } else if (socket) {
            const auto* un = reinterpret_cast<const sockaddr_un*>(&at);
            address.assign(un->sun_path, size - offsetof(sockaddr_un, sun_path));
            while (!address.empty() && address.back() == '\0')
                address.pop_back();
            if (!address.empty() && address.front() == '\0')
                address.front() = '@';
        }
        const bool blocks = (::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0;
        return name + " " + kind + (address.empty() ? "" : " ") + address +
               (blocks ? "" : " nonblocking") + "\n";
    });
}

/// Gives a descriptor away under that name; what it holds is the name.
inline void store_descriptor(const std::string& name) {
    const int fd = ::memfd_create("stored", MFD_CLOEXEC);
    if (::write(fd, name.data(), name.size()) < 0)
        ::_exit(96);
    notify("FDSTORE=1\nFDNAME=" + name, fd);
    ::close(fd);
}

/// Gives away the one end of a pipe whose other end is gone by then.
inline void store_hung_up(const std::string& text) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) < 0)
        ::_exit(96);
    ::close(ends[1]);
    notify(text, ends[0]);
    ::close(ends[0]);
}

/// Gives away the one end of a pipe whose other end goes with this process.
inline void store_until_death(const std::string& text) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) < 0)
        ::_exit(96);
    notify(text, ends[0]);
    ::close(ends[0]);
}

/// "NAME=what it holds" for each descriptor from 3 on that this process was given, one a line.
inline std::string given_descriptors() {
    return for_each_given([](int fd, const std::string& name) {
        char text[64];
        const ssize_t got = ::pread(fd, text, sizeof text, 0);
        return name + "=" + std::string(text, got > 0 ? static_cast<std::size_t>(got) : 0) + "\n";
    });
}

} // namespace amphid::test
