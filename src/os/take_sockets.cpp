// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/text.h"
#include "os/files.h"
#include "os/listen.h"
#include "os/socket_address.h"

#include <algorithm>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amphid {

namespace {

int option_of(int fd, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) < 0 ? -1 : value;
}

bool has_type(int fd, SocketType type) {
    switch (type) {
    case SocketType::stream:
        return option_of(fd, SO_TYPE) == SOCK_STREAM && option_of(fd, SO_ACCEPTCONN) == 1;
    case SocketType::sequential_packet:
        return option_of(fd, SO_TYPE) == SOCK_SEQPACKET && option_of(fd, SO_ACCEPTCONN) == 1;
    case SocketType::datagram:
        return option_of(fd, SO_TYPE) == SOCK_DGRAM;
    case SocketType::fifo:
        break;
    }
    return false;
}

/// The same file, not just another one of that name: then nobody would find it.
bool is_fifo_at(int fd, const std::string& path) {
    struct stat ours {};
    struct stat named {};
    return ::fstat(fd, &ours) == 0 && ::lstat(path.c_str(), &named) == 0 &&
           S_ISFIFO(ours.st_mode) && ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

bool could_be_one(const std::string& link) {
    return link.starts_with("socket:[") || link.starts_with('/');
}

std::string target_of(const std::string& link) {
    char target[256];
    const ssize_t size = ::readlink(link.c_str(), target, sizeof target);
    return {target, size > 0 ? static_cast<std::size_t>(size) : 0};
}

} // namespace

bool is_bound_as(int fd, const Socket& socket) {
    if (socket.type == SocketType::fifo) {
        return is_fifo_at(fd, path_of(socket));
    }
    KernelAddress bound;
    bound.length = sizeof bound.storage;
    if (!has_type(fd, socket.type) ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound.storage), &bound.length) < 0) {
        return false;
    }
    return is_same_address(bound, kernel_address(socket.address));
}

std::vector<Fd> take_sockets(const Fd& process, int pid, const std::vector<Socket>& sockets) {
    std::vector<Fd> out(sockets.size());
    std::size_t missing = process ? sockets.size() : 0;
    const std::string directory = concat("/proc/", pid, "/fd");
    std::vector<int> numbers = missing > 0 ? numbers_in(directory) : std::vector<int>();
    std::sort(numbers.begin(), numbers.end()); // the passed ones come first
    for (auto number = numbers.begin(); number != numbers.end() && missing > 0; ++number) {
        if (!could_be_one(target_of(concat(directory, '/', *number)))) {
            continue;
        }
        Fd taken(static_cast<int>(::syscall(SYS_pidfd_getfd, process.get(), *number, 0)));
        for (std::size_t i = 0; i < sockets.size() && taken; ++i) {
            if (!out[i] && is_bound_as(taken.get(), sockets[i])) {
                out[i] = std::move(taken);
                --missing;
                break;
            }
        }
    }
    return out;
}

} // namespace amphid
