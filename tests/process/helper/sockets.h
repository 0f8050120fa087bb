// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// What a service without a word for its manager does: it listens, answers, stores descriptors.

#include "file.h"
#include "notify.h"
#include "text.h"

#include <arpa/inet.h>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace amphid::test {

/// Where and how a socket of a test waits.
struct Place {
    int family = AF_INET;
    int type = SOCK_STREAM;
    bool v6_only = false;
    bool listens = true;
};

/// "tcp4", "tcp6" (of the loopback, as all), "dual" and "only6" (on ::), "udp4", "udp6", "bound"
/// (TCP that does not listen), "stream", "seqpacket", "dgram" (UNIX); nothing for another word.
inline std::optional<Place> place_of(std::string_view word) {
    constexpr std::pair<std::string_view, Place> places[] = {
        {"tcp4", {}},
        {"tcp6", {AF_INET6}},
        {"dual", {AF_INET6}},
        {"only6", {AF_INET6, SOCK_STREAM, true}},
        {"udp4", {AF_INET, SOCK_DGRAM, false, false}},
        {"udp6", {AF_INET6, SOCK_DGRAM, false, false}},
        {"bound", {AF_INET, SOCK_STREAM, false, false}},
        {"stream", {AF_UNIX}},
        {"seqpacket", {AF_UNIX, SOCK_SEQPACKET}},
        {"dgram", {AF_UNIX, SOCK_DGRAM, false, false}},
    };
    for (const auto& [name, place] : places)
        if (name == word)
            return place;
    return std::nullopt;
}

inline bool bind_unix(int fd, const std::string& path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path.copy(at.sun_path, sizeof at.sun_path - 1);
    if (path.front() == '@')
        at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() +
                                             (path.front() == '@' ? 0 : 1));
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&at), size) == 0;
}

inline bool bind_inet(int fd, bool v6, bool any, std::uint16_t port) {
    sockaddr_in at4{};
    at4.sin_family = AF_INET;
    at4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    at4.sin_port = htons(port);
    sockaddr_in6 at6{};
    at6.sin6_family = AF_INET6;
    at6.sin6_addr = any ? in6addr_any : in6addr_loopback;
    at6.sin6_port = htons(port);
    return (v6 ? ::bind(fd, reinterpret_cast<const sockaddr*>(&at6), sizeof at6)
               : ::bind(fd, reinterpret_cast<const sockaddr*>(&at4), sizeof at4)) == 0;
}

/// A socket that waits for ever at "KIND:PORT" or "KIND:PATH" (place_of()); a bare port is tcp4.
/// Ends the process where it cannot.
inline int listen_at(const std::string& where) {
    const std::size_t colon = where.find(':');
    const std::string kind = colon == std::string::npos ? "tcp4" : where.substr(0, colon);
    const std::string rest = where.substr(colon + 1);
    const auto place = place_of(kind);
    if (!place)
        ::_exit(97);
    const int fd = ::socket(place->family, place->type | SOCK_CLOEXEC, 0);
    const int on = 1;
    const int only = place->v6_only ? 1 : 0;
    ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const bool v6 = place->family == AF_INET6;
    if (v6)
        ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    const bool bound = place->family == AF_UNIX
                           ? bind_unix(fd, rest)
                           : bind_inet(fd, v6, kind == "dual" || kind == "only6",
                                       static_cast<std::uint16_t>(std::atoi(rest.c_str())));
    if (!bound || (place->listens && ::listen(fd, 8) < 0))
        ::_exit(97);
    return fd;
}

/// Answers every request on this port with a status line, for ever; makes the file when it can.
[[noreturn]] inline void answer_at(const std::string& port, const std::string& status,
                                   const std::string& file = {}) {
    const int listener = listen_at(port);
    if (!file.empty())
        write_file(file, "");
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
    const int fd = ::memfd_create("stored", MFD_CLOEXEC);
    if (::write(fd, name.data(), name.size()) < 0)
        ::_exit(96);
    notify("FDSTORE=1\nFDNAME=" + name, fd);
    ::close(fd);
}

/// Gives the reading end of a pipe away, whose writing end goes with this process.
inline void store_pipe(const std::string& words) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) < 0)
        ::_exit(96);
    notify("FDSTORE=1\n" + words, ends[0]);
    ::close(ends[0]);
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
