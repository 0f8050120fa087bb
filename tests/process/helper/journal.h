// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

// A journald that takes every stream and keeps nothing.

#include "file.h"

#include <algorithm>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace amphid::test {

/// `journal SOCKET READY`: for ever; the file READY tells that it listens.
inline int take_streams(const std::string& socket, const std::string& ready) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket.copy(address.sun_path, sizeof address.sun_path - 1);
    const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 ||
        ::listen(server, 64) < 0 || !write_file(ready, ""))
        return 1;
    std::vector<pollfd> all{{server, POLLIN, 0}};
    for (;;) {
        ::poll(all.data(), all.size(), -1);
        for (std::size_t i = 1; i < all.size(); ++i) {
            char text[65536];
            if (all[i].revents != 0 && ::read(all[i].fd, text, sizeof text) <= 0) {
                ::close(all[i].fd);
                all[i].fd = -1;
            }
        }
        if (all[0].revents != 0)
            all.push_back({::accept4(server, nullptr, nullptr, SOCK_CLOEXEC), POLLIN, 0});
        std::erase_if(all, [](const pollfd& one) { return one.fd < 0; });
    }
}

} // namespace amphid::test
