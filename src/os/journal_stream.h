// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"

#include <string>

namespace amphid {

/// The socket on which journald accepts streams.
inline constexpr char journal_socket[] = "/run/systemd/journal/stdout";

/// A stream to journald as systemd opens it for a service's output: each line becomes an entry of
/// this identifier with this priority (syslog(3)), unless it begins with its own "<N>"; with
/// `console` journald copies it to the console. Never blocks: an empty descriptor, with errno, if
/// there is no journald or it accepts no connection now (EAGAIN).
Fd open_journal_stream(const std::string& identifier, int priority, bool console = false);

/// JOURNAL_STREAM of systemd.exec(5) for a descriptor: device and inode.
std::string journal_stream_name(int fd);

} // namespace amphid
