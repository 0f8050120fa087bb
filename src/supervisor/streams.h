// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/spawn.h"
#include "plan/exec_context.h"
#include "plan/state.h"
#include "supervisor/forwarder.h"
#include "supervisor/last_words.h"
#include "supervisor/line_pump.h"
#include "supervisor/log.h"
#include "supervisor/log_pump.h"
#include "supervisor/loop.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace amphid {

/// The descriptors for `inherit`: ours from before a daemon detached.
struct Inherited {
    Fd output;
    Fd error;
};

/// The standard streams of the service's processes, opened for each process according to its
/// context, and the output that comes back through pipes of ours: the last lines, forwarded to the
/// journal or syslog if the context says so, and the lines that [ready] waits for.
class Streams {
public:
    /// `log_draft`: the file of LogDraft.
    Streams(Loop& loop, const ExecContext& context, Inherited inherited, std::string identifier,
            Log& log, std::string log_draft = {});

    /// Opens them for the next process and puts them into its request. `log_name` is the label of
    /// its lines in the journal if there is no syslog-identifier. A failure is returned as a stage
    /// with its errno.
    Spawned open(SpawnRequest& request, CommandList list, const std::string& log_name);

    /// True if another user's process would get our terminal as its output: it could read what is
    /// typed, and change the terminal's settings.
    bool would_lend_terminal() const;

    /// Routes the service's output through us from now on, and passes each line to `hear`.
    void listen(std::function<void(const Line&)> hear);
    /// Starts reading from the pipes. Throws OsError.
    void begin();

    /// True if any output goes through us.
    bool has_pipes() const { return stderr_inode() != 0 || log_pump_ || listens_; }

    /// The inodes of our pipes; 0: there is none.
    std::uint64_t stderr_inode() const { return stderr_pipe_.inode(); }
    std::array<std::uint64_t, 2> pump_inodes() const {
        return {output_pump_.inode(), error_pump_.inode()};
    }
    LogPump::Inodes log_inodes() const {
        return log_pump_ ? log_pump_->inodes() : LogPump::Inodes{};
    }
    /// Takes over the pipes that a process has from an earlier launcher.
    void take_over(int pid, const State& left);

    /// Adds the variables about them: JOURNAL_STREAM.
    void add_variables(Environment& environment) const;

    /// The process has them: closes all but a file that the last lines are read from.
    void release();

    /// The object of the last failure.
    const std::string& object() const { return object_; }

    /// The last output of this activation, including what is still in the pipe.
    std::string last_words();
    /// A new activation.
    void begin_activation();
    /// The log file may have been moved away.
    void look_at_log();
    /// The service has ended: forwards the rest of its output.
    void finish();

private:
    struct Stream {
        int fd = -1;
        Fd file; // if it is a file that we opened
        int error = 0;
    };

    int inherited_output() const;
    int inherited_error() const;
    bool is_lent_terminal(int fd) const;
    Stream open_input(CommandList list);
    Stream open_output(const Output& output, LogStream stream, int inherited);
    Stream open_error();
    Stream open_stderr_pipe();
    Stream open_log(LogStream stream);
    void on_log_text(std::string_view text, LogStream stream);
    void on_line(const Line& line);
    Stream give_away(int fd) const;
    Stream open_journal(bool console);
    static Stream keep(Fd fd);
    int open_for_service(LinePump& pump);
    void put_pumps_between();
    void read_stderr_pipe(std::size_t budget);

    Log& log_;
    const ExecContext& context_;
    Inherited inherited_;
    std::string log_name_;
    std::string object_;
    Stream input_;
    Stream output_;
    Stream error_;
    ServicePipe stderr_pipe_;
    LastWords last_words_;
    std::optional<Forwarder> forwarder_;
    EventSource stderr_source_;
    bool journal_missed_ = false; // by the process that was prepared last
    bool warned_of_journal_ = false;
    bool listens_ = false;
    std::function<void(const Line&)> hear_;
    LinePump output_pump_;
    LinePump error_pump_;
    std::array<LineCutter, 2> log_lines_;
    std::optional<LogPump> log_pump_;
};

} // namespace amphid
