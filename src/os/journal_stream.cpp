// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "os/journal_stream.h"

#include "base/text.h"
#include "os/files.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace amphid {

Fd open_journal_stream(const std::string& identifier, int priority, bool console) {
    // Non-blocking while connecting: a journald that accepts no connections must not block us.
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::string_view(journal_socket).copy(address.sun_path, sizeof address.sun_path - 1);
    if (!fd ||
        ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
        ::shutdown(fd.get(), SHUT_RD) < 0) {
        return {};
    }
    constexpr int buffer = 8 << 20;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
    std::string name = identifier;
    std::replace(name.begin(), name.end(), '\n', ' ');
    // Identifier, unit, priority; parse "<N>" prefixes; do not forward to syslog and kmsg.
    const std::string header = concat(name, "\n\n", priority, "\n1\n0\n0\n", console ? 1 : 0, '\n');
    const bool open = write_all(fd.get(), header) && ::fcntl(fd.get(), F_SETFL, 0) == 0;
    return open ? std::move(fd) : Fd();
}

std::string journal_stream_name(int fd) {
    struct stat st {};
    return ::fstat(fd, &st) == 0 ? concat(st.st_dev, ':', st.st_ino) : std::string();
}

} // namespace amphid
