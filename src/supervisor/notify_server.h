// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/notify_socket.h"
#include "plan/notification.h"
#include "supervisor/activation_facts.h"
#include "supervisor/closer.h"
#include "supervisor/log.h"
#include "supervisor/loop.h"

#include <functional>
#include <string>

namespace amphid {

/// Identifies the senders of notifications.
class Senders {
public:
    virtual int main_pid() const = 0;    // 0: none
    virtual int control_pid() const = 0; // 0: none
    virtual bool contains(int pid) const = 0;

protected:
    ~Senders() = default;
};

/// The service's notify server (sd_notify(3)): receives messages, refuses senders that
/// notify-access excludes, and answers barriers.
class NotifyServer {
public:
    /// `take` gets each accepted message and must have handled it when it returns: a barrier that
    /// follows relies on that.
    using Take = std::function<void(NotifyMessage& said, Notification& message)>;

    /// `name` is the service's, `access` is notify-access of the configuration. All references
    /// outlive it.
    NotifyServer(Loop& loop, NotifySocket socket, std::string name, NotifyAccess access,
                 ActivationFacts& activation, const Senders& senders, Log& log, Closer& closer,
                 Take take);

    /// Starts listening: the service was started. Throws OsError.
    void begin() { source_.on(socket_.fd()); }
    /// Handles pending messages, a share of them.
    void receive();
    /// Binds another socket of the same name if the name has disappeared from that directory.
    /// Throws OsError.
    void renew(int directory);
    /// Closes the socket and removes its name from the directory.
    void end(int directory);

    const std::string& address() const { return socket_.address(); }

private:
    bool may_notify(const Notification& message, NotifyAccess access) const;
    void handle(Notification& message);
    void refuse(const Notification& message, NotifyAccess access);

    NotifySocket socket_;
    std::string name_;
    NotifyAccess access_;
    ActivationFacts& activation_;
    const Senders& senders_;
    Log& log_;
    Closer& closer_;
    Take take_;
    EventSource source_;
};

} // namespace amphid
