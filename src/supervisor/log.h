// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/nonblocking_writer.h"
#include "os/syslog_socket.h"

#include <string_view>
#include <syslog.h>

namespace amphid {

/// The launcher's own log: standard error in the foreground, with the "<N>" prefixes of
/// sd-daemon(3) if that is the journal, and syslog(3)'s socket once detached. Never waits for a
/// reader: a line that cannot be written at once is lost, and the next successful one says how many
/// were.
class Log {
public:
    enum class Sink : unsigned char { person, journal, syslog };

    explicit Log(Sink sink) : sink_(sink) {}

    /// Writes one line; `priority` as in syslog(3).
    void write(int priority, std::string_view text);

private:
    bool write_now(int priority, std::string_view text);

    Sink sink_;
    NonblockingWriter stderr_{2};
    SyslogSocket syslog_;
    unsigned long lost_ = 0;
};

} // namespace amphid
