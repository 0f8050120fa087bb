// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "os/pipe_reader.h"
#include "os/scratch.h"
#include "plan/log_settings.h"
#include "supervisor/log.h"
#include "supervisor/log_draft.h"
#include "supervisor/log_text.h"

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
    /// `draft`: a file for what is being written (LogDraft); empty: none.
    LogFile(const LogSettings& settings, Log& log, std::string draft = {})
        : settings_(settings), log_(log), draft_(std::move(draft)) {}
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;
    ~LogFile();

    /// Opens the file unless it is open; throws OsError if it must not be used.
    void open();
    /// The same before there is output, unless nobody asked for this file.
    void open_at_start() {
        if (!settings_.is_default) {
            open();
        }
    }

    /// Reopens it; if that fails, output is lost until it can be opened.
    void reopen();

    /// Writes `text`, which is next in the pipe of that stream, and removes it from there.
    void take(PipeReader& pipe, std::string_view text, LogStream stream = LogStream::output);

    /// The process that wrote the last line has ended: the next output starts a new line.
    void end_line();

    /// Writes a line of the launcher's own, "amphid: TEXT", as soon as no line is unfinished. If it
    /// cannot be written, nothing is said about it: the launcher's log has it, too.
    void add_line(std::string_view text);

    /// Begins a new file where somebody has moved this one away, unless a line is unfinished: then
    /// with the next output.
    void look();

    /// Of the file that is open; null: none is.
    const struct stat* identity() const { return file_ ? &identity_ : nullptr; }
    /// How many files were opened so far.
    unsigned count() const { return count_; }

    /// Gives back the memory that much output has needed.
    void rest() { stamped_.rest(); }

private:
    void lock(const Fd& file) const;
    void give_to_owner();
    bool is_in_place() const;
    void change_stream(LogStream stream);
    void attach(Fd file);
    void follow_path(PipeReader& pipe, std::string_view& text);
    void rotate();
    std::string time_now() const;
    std::string stamp_now() const;
    std::size_t write(PipeReader& pipe, std::string_view text);
    std::size_t write_as_it_is(PipeReader& pipe, std::string_view text);
    std::size_t write_stamped(PipeReader& pipe, std::string_view text, const std::string& stamp);
    void drop(PipeReader& pipe, std::size_t size);
    void write_draft_again();
    bool append(std::string_view text);
    void take_back_torn_line();
    bool cut_to(std::uint64_t size);
    void begin_loss(int error);
    void lose(PipeReader& pipe, std::string_view& text, std::size_t size);
    void skip_line(PipeReader& pipe, std::string_view& text);
    bool report_loss();
    void write_pending_lines();

    const LogSettings& settings_;
    Log& log_;
    LogDraft draft_;
    std::size_t gone_ = 0; // how much of the text at hand has left the pipe
    Fd file_;
    struct stat identity_ {};
    unsigned count_ = 0;
    Scratch stamped_{PipeReader::most * 2};
    LogStream stream_ = LogStream::output; // of the last line
    bool is_regular_ = false;
    bool can_splice_ = true;
    const bool splice_is_silent_ = splice_is_silent_here();
    bool begins_line_ = true; // the file ends with a whole line
    bool ends_line_when_open_ = false;
    std::optional<std::uint64_t> line_start_; // offset of the current line, if known
    std::uint64_t size_ = 0;
    std::uint64_t limit_ = 0;
    TimeSpan last_written_;
    std::string pending_lines_;     // lines of the launcher's own that wait for the end of a line
    bool rotation_failed_ = false;  // and has been logged
    int loss_ = 0;                  // errno of the ongoing loss
    bool skips_line_ = false;       // drop the rest of the truncated line
    bool other_skips_line_ = false; // the same for the other stream
    std::uint64_t lost_bytes_ = 0;
    std::uint64_t lost_lines_ = 0;
};

} // namespace amphid
