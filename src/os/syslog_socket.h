// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string_view>

namespace amphid {

/// The socket of syslog(3), /dev/log; unlike syslog(3) it never waits for the daemon.
class SyslogSocket {
public:
    /// Sends one line; `priority` as in syslog(3), including the facility. False if it was not
    /// delivered.
    bool send(int priority, std::string_view identifier, std::string_view text);
    /// False if the last line found nobody who takes it.
    bool is_open() const { return static_cast<bool>(fd_); }

private:
    Fd fd_;
};

/// Sends the whole text to a stream or datagram socket or fails at once; no SIGPIPE.
bool send_at_once(const Fd& socket, std::string_view text);

} // namespace amphid
