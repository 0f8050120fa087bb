// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "plan/log_settings.h"

#include <string>

namespace amphid {

/// Compresses an older log file in a process of its own, which is a child of ours but sends no
/// SIGCHLD and is no part of the service (`is_closer`), dies with us, and runs the program with the
/// least priority for processor and disk. The compressed file has the plain one's owner, mode and
/// times; it is complete before it gets its name, and only then the plain one is removed. Where
/// anything fails the plain one stays.
struct CompressionJob {
    int directory = -1; // of the log; used while the process is being made
    std::string name;   // of the older file
    LogCompression compression = LogCompression::none;
    std::string program; // absolute
};

/// Returns a pidfd, which is readable when the process has ended; throws OsError.
Fd compress_elsewhere(const CompressionJob& job);

/// Takes the process off our hands once it has ended.
void reap_helper(const Fd& process);

} // namespace amphid
