// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/notify_sender.h"

#include "base/text.h"
#include "os/unix_address.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace amphid {

namespace {

constexpr std::size_t most_descriptors = 253; // SCM_MAX_FD

/// A manager that reads nothing for so long is lost; the first messages matter most.
constexpr std::size_t most_waiting = 256;

} // namespace

std::string NotifySender::refusal_of(const std::string& address) {
    const bool known = address.empty() || address.front() == '/' || address.front() == '@';
    if (known && address.size() != 1) {
        return {};
    }
    return concat("NOTIFY_SOCKET=", address, " is neither a path nor '@' and a name");
}

Fd NotifySender::connect() const {
    Fd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) {
        return {};
    }
    std::string name = address_;
    Fd target;
    if (name.front() == '/' && name.size() > longest_unix_path) {
        // The kernel follows this link to the socket itself, however long its path is.
        target = Fd(::open(name.c_str(), O_PATH | O_CLOEXEC));
        name = concat("/proc/self/fd/", target.get());
    }
    const UnixAddress to = unix_address(name);
    return ::connect(socket.get(), to.get(), to.length) == 0 ? std::move(socket) : Fd();
}

NotifySender::Sent NotifySender::transmit(const Fd& socket, const std::string& text,
                                          const std::vector<int>& descriptors) {
    iovec part{const_cast<char*>(text.data()), text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(most_descriptors * sizeof(int))> control{};
    if (!descriptors.empty()) {
        const std::size_t size = descriptors.size() * sizeof(int);
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(size);
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(size);
        std::memcpy(CMSG_DATA(header), descriptors.data(), size);
    }
    ssize_t n = 0;
    do {
        n = ::sendmsg(socket.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (n < 0 && errno == EINTR);
    if (n >= 0) {
        return Sent::yes;
    }
    // ETOOMANYREFS: too many descriptors in flight; ENOBUFS: temporarily no memory.
    const bool later = errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS;
    return later ? Sent::later : Sent::no;
}

bool NotifySender::keep(Fd socket, const std::string& text, const std::vector<int>& descriptors) {
    if (waiting_.size() >= most_waiting) {
        return false;
    }
    Datagram datagram{text, {}};
    for (const int fd : descriptors) {
        datagram.descriptors.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
        if (!datagram.descriptors.back()) {
            return false;
        }
    }
    if (!room_) {
        room_ = Fd(::epoll_create1(EPOLL_CLOEXEC));
    }
    if (!socket_) {
        epoll_event event{};
        event.events = EPOLLOUT;
        socket_ = std::move(socket);
        if (!room_ || ::epoll_ctl(room_.get(), EPOLL_CTL_ADD, socket_.get(), &event) < 0) {
            socket_.reset();
            return false;
        }
    }
    waiting_.push_back(std::move(datagram));
    return true;
}

bool NotifySender::send(const std::string& message, const std::vector<int>& descriptors) {
    if (address_.empty() || descriptors.size() > most_descriptors) {
        return false;
    }
    flush();
    if (is_waiting()) {
        return keep({}, message, descriptors);
    }
    // Connect anew for each: the manager may have rebound its socket in the meantime.
    Fd socket = connect();
    const Sent sent = socket ? transmit(socket, message, descriptors) : Sent::no;
    return sent == Sent::later ? keep(std::move(socket), message, descriptors) : sent == Sent::yes;
}

void NotifySender::flush() {
    while (!waiting_.empty()) {
        std::vector<int> descriptors;
        for (const Fd& fd : waiting_.front().descriptors) {
            descriptors.push_back(fd.get());
        }
        const Sent sent = transmit(socket_, waiting_.front().text, descriptors);
        if (sent == Sent::later) {
            return;
        }
        if (sent == Sent::no) {
            // It is gone, or another one has the same address.
            waiting_.clear();
            break;
        }
        waiting_.pop_front();
    }
    socket_.reset(); // which also removes it from the epoll
}

} // namespace amphid
