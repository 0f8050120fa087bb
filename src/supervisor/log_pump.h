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

/// Takes what the service writes from a pipe into the log file. It leaves the pipe only as it
/// reaches the file: whoever adopts the service finds the rest.
class LogPump {
public:
    /// `hear` is shown everything that passes.
    LogPump(Loop& loop, const LogSettings& settings, Log& log,
            std::function<void(std::string_view)> hear);

    /// Opens file and pipe where they are not open; throws OsError. Returns the service's end.
    int open();

    /// The pipe that a process has had as its standard output or standard error from a launcher
    /// before us, told by its inode.
    void take_over(int pid, std::uint64_t inode);
    /// Of the pipe; 0: there is none.
    std::uint64_t inode() const { return pipe_.inode(); }

    /// Watches the pipe from now on. Throws OsError.
    void begin();
    /// Writes what waits, which is no more than a pipe holds.
    void finish();
    /// The process that spoke has ended: its last line is ended, too.
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
