// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/syslog_socket.h"

#include <string>
#include <string_view>

namespace amphid {

/// Takes a service's output line by line to where it is logged: to journald where it runs, else to
/// syslog(3)'s socket. A line begins with "<N>" where it has its own priority (sd-daemon(3)). Never
/// waits: what nobody takes is lost, as with syslog(3).
class Forwarder {
public:
    explicit Forwarder(std::string identifier) : identifier_(std::move(identifier)) {}
    Forwarder(const Forwarder&) = delete;
    Forwarder& operator=(const Forwarder&) = delete;
    ~Forwarder() { send(unfinished_); }

    /// Text as it comes, cut anywhere.
    void take(std::string_view text);

private:
    void send(std::string_view line);
    bool send_to_journal(std::string_view line);

    std::string identifier_;
    std::string unfinished_;
    Fd journal_;
    SyslogSocket syslog_;
};

/// The priority that a line begins with ("<N>", sd-daemon(3)), which is taken off; LOG_INFO where
/// it has none.
int take_priority(std::string_view& line);

} // namespace amphid
