// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/syslog_socket.h"

#include "base/text.h"

#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace amphid {

namespace {

Fd open_syslog() {
    Fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::string_view("/dev/log").copy(address.sun_path, sizeof address.sun_path - 1);
    const bool connected =
        fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    return connected ? std::move(fd) : Fd();
}

std::string time_stamp() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    ::localtime_r(&now, &local);
    char text[32];
    return {text, std::strftime(text, sizeof text, "%b %e %H:%M:%S", &local)};
}

} // namespace

bool send_at_once(const Fd& socket, std::string_view text) {
    return socket && ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
                         static_cast<ssize_t>(text.size());
}

bool SyslogSocket::send(int priority, std::string_view identifier, std::string_view text) {
    const bool is_new = !fd_;
    if (is_new) {
        fd_ = open_syslog();
    }
    if (!fd_) {
        return false; // without a text: its local time reads files
    }
    const std::string message =
        concat('<', priority, '>', time_stamp(), ' ', identifier, '[', ::getpid(), "]: ", text);
    if (send_at_once(fd_, message)) {
        return true;
    }
    if (is_new || errno == EAGAIN || errno == ENOBUFS) {
        return false; // the daemon exists, but does not read
    }
    fd_ = open_syslog(); // it may have been restarted
    return send_at_once(fd_, message);
}

} // namespace amphid
