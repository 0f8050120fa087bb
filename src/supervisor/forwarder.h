// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/syslog_socket.h"

#include <string>
#include <string_view>

namespace amphid {

/// Forwards a service's output line by line to journald if it runs, otherwise to syslog(3)'s
/// socket. A line may set its own priority by "<N>" (sd-daemon(3)). Never blocks: what is not read
/// is lost, as with syslog(3).
class Forwarder {
public:
    explicit Forwarder(std::string identifier) : identifier_(std::move(identifier)) {}
    Forwarder(const Forwarder&) = delete;
    Forwarder& operator=(const Forwarder&) = delete;
    ~Forwarder() { send(unfinished_); }

    /// Text in pieces of any size.
    void take(std::string_view text);

private:
    void send(std::string_view line);
    bool send_to_journal(std::string_view line);

    std::string identifier_;
    std::string unfinished_;
    Fd journal_;
    SyslogSocket syslog_;
};

/// Removes and returns the priority at the start of a line ("<N>", sd-daemon(3)); LOG_INFO if it
/// has none.
int take_priority(std::string_view& line);

} // namespace amphid
