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

/// Who a sender of notifications is to the service.
class Senders {
public:
    virtual int main_pid() const = 0;    // 0: none
    virtual int control_pid() const = 0; // 0: none
    virtual bool contains(int pid) const = 0;

protected:
    ~Senders() = default;
};

/// The service's notify server (sd_notify(3)): takes messages from its socket, refuses those of
/// whom notify-access does not name, answers barriers.
class NotifyServer {
public:
    /// `take` gets each message that counts and is through with it when it returns: that is what a
    /// barrier behind it promises.
    using Take = std::function<void(NotifyMessage& said, Notification& message)>;

    /// `name` is the service's, `access` the file's. All references outlive it.
    NotifyServer(Loop& loop, NotifySocket socket, std::string name, NotifyAccess access,
                 ActivationFacts& activation, const Senders& senders, Log& log, Closer& closer,
                 Take take);

    /// Listens from now on: the service was started. Throws OsError.
    void begin() { source_.on(socket_.fd()); }
    /// Handles the messages that wait, a share of them.
    void receive();
    /// Where its name has gone from that directory, which has the path that it had: another socket
    /// under the same name. Throws OsError.
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
