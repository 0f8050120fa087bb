// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/notify_socket.h"

#include "base/text.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/runtime_files.h"
#include "os/unix_address.h"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <sys/socket.h>
#include <utility>

namespace amphid {

namespace {

/// systemd's NOTIFY_BUFFER_MAX; one byte more tells a message that is longer.
constexpr std::size_t most_bytes = 4096;
constexpr std::size_t most_descriptors = 253; // SCM_MAX_FD

// Of Linux 6.5; older headers lack them.
constexpr int so_passpidfd = 76;
constexpr int scm_pidfd = 4;

/// Binds the former address "@name" again, unless it is taken; otherwise one that the kernel
/// chooses.
std::string bind_abstract(int fd, const std::string& former) {
    const UnixAddress known = unix_address(former);
    if (!former.empty() && ::bind(fd, known.get(), known.length) == 0) {
        return former;
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    checked(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address.sun_family),
            "cannot bind", "the notify socket");
    socklen_t length = sizeof address;
    checked(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length), "cannot name",
            "the notify socket");
    const std::size_t size = length - offsetof(sockaddr_un, sun_path) - 1;
    return "@" + std::string(address.sun_path + 1, size);
}

void bind_in(int fd, int directory) {
    ::unlinkat(directory, notify_name, 0);
    // Through the open directory, in case its path has changed.
    const UnixAddress at = unix_address(concat("/proc/self/fd/", directory, '/', notify_name));
    const std::string path = path_in(directory, notify_name);
    checked(::bind(fd, at.get(), at.length), "cannot bind", path);
    // Any user may write; the sender of each message is checked.
    checked(::fchmodat(directory, notify_name, 0666, 0), "cannot set the mode of", path);
}

/// Takes every descriptor even if the message is dropped: none may leak.
void take_control_data(msghdr& message, Notification& out) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        const std::size_t size = part->cmsg_len - CMSG_LEN(0);
        if (part->cmsg_level != SOL_SOCKET) {
            continue;
        }
        if (part->cmsg_type == scm_pidfd && size == sizeof(int)) {
            int received = -1;
            std::memcpy(&received, CMSG_DATA(part), sizeof received);
            out.process = Fd(received);
        } else if (part->cmsg_type == SCM_CREDENTIALS && size == sizeof(ucred)) {
            ucred credentials{};
            std::memcpy(&credentials, CMSG_DATA(part), sizeof credentials);
            out.sender = credentials.pid;
        } else if (part->cmsg_type == SCM_RIGHTS) {
            for (std::size_t i = 0; i < size / sizeof(int); ++i) {
                int received = -1;
                std::memcpy(&received, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
                out.descriptors.emplace_back(received);
            }
        }
    }
}

/// As much buffer as systemd has: a burst of messages must not block the service. Only root may
/// exceed the system's limit.
void make_room(int fd) {
    constexpr int wanted = 8 << 20;
    if (::setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) < 0) {
        ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
    }
}

} // namespace

NotifySocket::NotifySocket(int directory, const std::string& path, const std::string& former)
    : fd_(checked(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "cannot create",
                  "the notify socket")),
      address_(concat(path, '/', notify_name)) {
    const int on = 1;
    checked(::setsockopt(fd_.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on), "cannot set up",
            "the notify socket");
    ::setsockopt(fd_.get(), SOL_SOCKET, so_passpidfd, &on, sizeof on); // where the kernel can
    make_room(fd_.get());
    if (path.empty() || address_.size() > longest_unix_path) {
        address_ = bind_abstract(fd_.get(), former);
    } else {
        bind_in(fd_.get(), directory);
    }
}

void NotifySocket::remove(int directory) {
    if (fd_ && address_.front() == '/') {
        ::unlinkat(directory, notify_name, 0);
    }
    close();
}

/// Drained first: otherwise the kernel would close queued descriptors within our own close.
void NotifySocket::close() {
    if (!fd_) {
        return;
    }
    ::shutdown(fd_.get(), SHUT_RD);
    std::vector<Fd> received;
    while (auto message = receive()) {
        std::move(message->descriptors.begin(), message->descriptors.end(),
                  std::back_inserter(received));
        message->descriptors.clear();
        close_nonblocking(received);
        if (received.size() > most_descriptors) { // as many as one message can carry
            close_elsewhere(std::exchange(received, {}));
        }
    }
    close_elsewhere(std::move(received));
    fd_.reset();
}

std::optional<Notification> NotifySocket::receive() {
    std::array<char, most_bytes + 1> text;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(int)) +
                                          CMSG_SPACE(most_descriptors * sizeof(int))>
        control;
    iovec part{text.data(), text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t n = 0;
    do {
        n = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return std::nullopt;
    }
    Notification out;
    take_control_data(message, out);
    std::string_view content(text.data(), static_cast<std::size_t>(n));
    if (!content.empty() && content.back() == '\0') {
        content.remove_suffix(1);
    }
    // If we are out of descriptors, not even the sender's pidfd arrives: READY=1 still counts.
    const bool cut =
        (message.msg_flags & MSG_CTRUNC) != 0 && (out.process || !out.descriptors.empty());
    const bool whole = content.size() <= most_bytes && (message.msg_flags & MSG_TRUNC) == 0 && !cut;
    if (whole && content.find('\0') == std::string_view::npos) {
        out.text = std::string(content);
    } else {
        out.sender = 0;
    }
    return out;
}

} // namespace amphid
