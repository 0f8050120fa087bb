// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/pipe_reader.h"
#include "os/service_pipe.h"
#include "supervisor/log_file.h"
#include "supervisor/loop.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace amphid {

/// Moves the service's output from a pipe to the log file. It leaves the pipe only when it reaches
/// the file: a launcher that adopts the service finds the rest.
class LogPump {
public:
    /// `hear` gets a copy of all output.
    LogPump(Loop& loop, const LogSettings& settings, Log& log,
            std::function<void(std::string_view)> hear);

    /// Opens file and pipe unless they are open, and returns the service's end. Throws OsError.
    int open();

    /// Takes over the pipe that a process has as its standard output or standard error from an
    /// earlier launcher, identified by its inode.
    void take_over(int pid, std::uint64_t inode);
    /// Inode of the pipe; 0: there is none.
    std::uint64_t inode() const { return pipe_.inode(); }

    /// Watches the pipe from now on. Throws OsError.
    void begin();
    /// Writes what is left in the pipe, which is bounded by its size.
    void finish();
    /// The writing process has ended: ends its last line.
    void end_line();

private:
    void drain(std::size_t budget);

    std::function<void(std::string_view)> hear_;
    LogFile file_;
    ServicePipe pipe_;
    std::optional<PipeReader> reader_;
    EventSource source_;
};

} // namespace amphid
