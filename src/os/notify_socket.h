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

/// One sd_notify(3) message with its sender, as verified by the kernel.
struct Notification {
    std::string text;
    /// 0: the message is invalid. It was truncated, contained a NUL or had no credentials.
    pid_t sender = 0;
    /// A pidfd of the sender, so that its PID is not a later process's; empty before Linux 6.5.
    Fd process;
    /// The received descriptors. Closing them answers a BARRIER=1.
    std::vector<Fd> descriptors;

    Notification() = default;
    Notification(Notification&&) = default;
    Notification& operator=(Notification&&) = delete;
    /// The sender must not be able to make closing them block us. This costs a process for each
    /// message; callers that receive many take the descriptors out and close them in batches.
    ~Notification() { close_elsewhere(std::move(descriptors)); }
};

/// Our end of the service's NOTIFY_SOCKET.
class NotifySocket {
public:
    NotifySocket() = default;
    /// Binds it in this directory, whose absolute path is `path`; if that is empty or too long for
    /// a socket, binds an abstract one: `former` again if the service runs already, otherwise one
    /// chosen by the kernel. Throws OsError.
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

    /// The next message, even an invalid one; nullopt if none is queued.
    std::optional<Notification> receive();

    /// Closes it and removes its name from the directory that it was bound in.
    void remove(int directory);

private:
    void close();

    Fd fd_;
    std::string address_;
};

} // namespace amphid
