// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/pipe_reader.h"
#include "os/service_pipe.h"
#include "supervisor/log_compressor.h"
#include "supervisor/log_file.h"
#include "supervisor/loop.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace amphid {

/// Moves the service's output from a pipe to the log file, or from two pipes if the file tells the
/// streams apart. It leaves a pipe only when it reaches the file: a launcher that adopts the
/// service finds the rest.
class LogPump {
public:
    using Inodes = std::array<std::uint64_t, 2>;
    using Hear = std::function<void(std::string_view text, LogStream stream)>;

    /// `hear` gets a copy of all output.
    LogPump(Loop& loop, const LogSettings& settings, Log& log, Hear hear, std::string draft);
    LogPump(const LogPump&) = delete;
    LogPump& operator=(const LogPump&) = delete;
    ~LogPump();

    /// Opens file and pipe unless they are open, and returns the service's end for this stream;
    /// both streams share it unless they are told apart. Throws OsError.
    int open(LogStream stream);

    /// Takes over the pipes that a process has as its standard output or standard error from an
    /// earlier launcher, identified by their inodes.
    void take_over(int pid, const Inodes& inodes);
    /// Inodes of the pipes; 0: there is none.
    Inodes inodes() const { return {inlets_[0].pipe.inode(), inlets_[1].pipe.inode()}; }

    /// Watches the pipes from now on. Throws OsError.
    void begin();
    /// Writes what is left in the pipes, which is bounded by their size.
    void finish();
    /// The file may have been moved away.
    void look();
    /// The writing process has ended: ends its last line.
    void end_line();

private:
    struct Inlet {
        Inlet(Loop& loop, LogStream which, std::function<void()> on_event)
            : stream(which), source(loop, Turn::output, std::move(on_event)) {}
        void adopt_pipe() { reader.emplace(pipe.fd()); }

        LogStream stream;
        ServicePipe pipe;
        std::optional<PipeReader> reader;
        bool is_large = false;
        EventSource source;
    };

    void watch(Inlet& inlet);
    void take_share(Inlet& inlet);
    bool drain(Inlet& inlet, std::size_t budget, bool all);
    std::string_view ready_part(const Inlet& inlet, std::string_view text) const;
    void compress();
    void note_busy(Inlet& inlet);
    void add_line(std::string_view text);
    void rest();

    Log& log_;
    Hear hear_;
    const bool tells_apart_;
    LogFile file_;
    LogCompressor compressor_;
    unsigned compressed_for_ = 0;
    std::array<Inlet, 2> inlets_;
    Timer rest_;
    bool is_begun_ = false;
    bool is_draining_ = false;
    bool was_busy_ = false;       // since the timer was set
    bool waits_for_rest_ = false; // the timer is set
};

} // namespace amphid
