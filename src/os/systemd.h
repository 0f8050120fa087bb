// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/notify_sender.h"
#include "plan/words.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace amphid {

/// The way to the manager above us. libsystemd is opened when a start has to talk to systemd and
/// only then: every classic start does without. Where it is not installed, what is needed of it is
/// done here by the same protocol, but for an AF_VSOCK socket.
class Systemd {
public:
    /// Nothing where neither the library nor we can talk to $NOTIFY_SOCKET; `why` is the reason.
    static std::optional<Systemd> open(std::string& why);

    Systemd(Systemd&& other) noexcept;
    Systemd& operator=(Systemd&&) noexcept;
    ~Systemd();

    /// Sends to $NOTIFY_SOCKET (sd_notify(3)); false where nobody could be told.
    bool notify(const std::string& message) const { return notify_with(message, {}); }

    /// The same with descriptors (sd_pid_notify_with_fds(3)); false also where the receiver takes
    /// none.
    bool notify_with(const std::string& message, const std::vector<int>& descriptors) const;

    /// Readable when flush() can send what the manager had no room for; -1: there is no such thing.
    int fd() const;
    void flush() const;

    /// The unit that we run in (sd_pid_get_unit(3), sd_pid_get_user_unit(3)); empty outside of one.
    std::string own_unit(Manager manager) const;

private:
    struct Functions;
    explicit Systemd(std::unique_ptr<Functions> functions);
    explicit Systemd(std::unique_ptr<NotifySender> sender);
    std::unique_ptr<Functions> functions_; // null: there is no library
    std::unique_ptr<NotifySender> sender_;
};

} // namespace amphid
