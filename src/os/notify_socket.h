// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/close_elsewhere.h"
#include "os/fd.h"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// One message of sd_notify(3) with its sender as the kernel vouches for it.
struct Notification {
    std::string text;
    /// 0: the message does not count. It was cut off, had a NUL inside or no credentials.
    pid_t sender = 0;
    /// Holds the sender, so that its number is no later process's; empty before Linux 6.5.
    Fd process;
    /// What came along. Closing it is what answers a BARRIER=1.
    std::vector<Fd> descriptors;

    Notification() = default;
    Notification(Notification&&) = default;
    Notification& operator=(Notification&&) = delete;
    /// Whoever sent them does not choose how long their closing takes us. Each costs a process
    /// here: what comes often has its descriptors taken out and closed together.
    ~Notification() { close_elsewhere(std::move(descriptors)); }
};

/// The service's own NOTIFY_SOCKET: our end of it.
class NotifySocket {
public:
    NotifySocket() = default;
    /// Binds it in this directory, whose absolute path is `path`; where that is empty, or would be
    /// too long for a socket, an abstract one: `former` again, a service's that runs already, else
    /// the kernel chooses. Throws OsError.
    NotifySocket(int directory, const std::string& path, const std::string& former = {});
    NotifySocket(NotifySocket&&) = default;
    NotifySocket& operator=(NotifySocket&& other) noexcept {
        std::swap(fd_, other.fd_);
        std::swap(address_, other.address_);
        return *this;
    }
    ~NotifySocket() { close(); }

    /// The value for NOTIFY_SOCKET.
    const std::string& address() const { return address_; }
    int fd() const { return fd_.get(); }

    /// The next message, also one that does not count; nothing where none waits.
    std::optional<Notification> receive();

    /// Closes it and removes its name from the directory that it was bound in.
    void remove(int directory);

private:
    void close();

    Fd fd_;
    std::string address_;
};

} // namespace amphid
