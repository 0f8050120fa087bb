// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/pipe_reader.h"
#include "plan/log_settings.h"
#include "supervisor/log.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/stat.h>

namespace amphid {

/// The file of [log]: moves a service's output from its pipe to the file, and rotates it at line
/// ends. Never blocks, and never blocks the service: what cannot be written is lost, and the next
/// line that can be written is preceded by the amount. A file that was moved away, as by logrotate,
/// gets the rest of its last line, and a new one is started.
class LogFile {
public:
    LogFile(const LogSettings& settings, Log& log) : settings_(settings), log_(log) {}

    /// Opens the file unless it is open; throws OsError if it must not be used.
    void open();

    /// Reopens it; if that fails, output is lost until it can be opened.
    void reopen();

    /// Writes `text`, which is next in the pipe, and removes it from there.
    void take(PipeReader& pipe, std::string_view text);

    /// The process that wrote the last line has ended: the next output starts a new line.
    void end_line();

private:
    void attach(Fd file);
    void follow_path(PipeReader& pipe, std::string_view& text);
    void rotate();
    std::string stamp_now() const;
    std::size_t write(PipeReader& pipe, std::string_view text);
    std::size_t write_as_it_is(PipeReader& pipe, std::string_view text);
    std::size_t write_stamped(PipeReader& pipe, std::string_view text, std::string_view stamp);
    bool append(std::string_view text);
    void take_back_torn_line();
    bool cut_to(std::uint64_t size);
    void begin_loss(int error);
    void lose(PipeReader& pipe, std::string_view& text, std::size_t size);
    void skip_line(PipeReader& pipe, std::string_view& text);
    bool report_loss();

    const LogSettings& settings_;
    Log& log_;
    Fd file_;
    struct stat identity_ {};
    bool is_regular_ = false;
    bool can_splice_ = true;
    const bool splice_is_silent_ = splice_is_silent_here();
    bool begins_line_ = true;                 // the file ends with a whole line
    std::optional<std::uint64_t> line_start_; // offset of the current line, if known
    std::uint64_t size_ = 0;
    std::uint64_t limit_ = 0;
    TimeSpan last_written_;
    bool rotation_failed_ = false; // and has been logged
    int loss_ = 0;                 // errno of the ongoing loss
    bool skips_line_ = false;      // drop the rest of the truncated line
    std::uint64_t lost_bytes_ = 0;
    std::uint64_t lost_lines_ = 0;
};

} // namespace amphid
