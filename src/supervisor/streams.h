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

/// The descriptors that `inherit` means: ours from before a daemon let go of them.
struct Inherited {
    Fd output;
    Fd error;
};

/// The standard streams of the service's processes, opened anew for each of them as its context
/// says; and what comes back through those that are pipes of ours: the last words, which go on to
/// the journal or syslog where the context says so, and the lines that [ready] waits for.
class Streams {
public:
    Streams(Loop& loop, const ExecContext& context, Inherited inherited, std::string identifier,
            Log& log);

    /// Opens them for the next process and puts them into its request. `log_name` stands before its
    /// lines in the journal where the file has no syslog-identifier. What is refused is the answer:
    /// a stage with its errno.
    Spawned open(SpawnRequest& request, CommandList list, const std::string& log_name);

    /// True where another user's process would get our terminal as its output: it could read what
    /// is typed, and set the terminal up.
    bool would_lend_terminal() const;

    /// The service's output passes through us from now on, and each line is shown to `hear`.
    void listen(std::function<void(const Line&)> hear);
    /// Reads what comes through the pipes from now on. Throws OsError.
    void begin();

    /// The inodes of our pipes; 0: there is none.
    std::uint64_t words_inode() const { return words_.inode(); }
    std::array<std::uint64_t, 2> pump_inodes() const {
        return {output_pump_.inode(), error_pump_.inode()};
    }
    std::uint64_t log_inode() const { return log_pump_ ? log_pump_->inode() : 0; }
    /// The pipes that a process has from a launcher before us.
    void take_over(int pid, const State& left);

    /// Variables that tell the process of them: JOURNAL_STREAM.
    void add_variables(Environment& environment) const;

    /// The process has them: only a file is kept, for the words in it.
    void release();

    /// What the last refusal was about.
    const std::string& object() const { return object_; }

    /// What was written since, and what waits in the pipe.
    std::string last_words();
    /// A new activation.
    void begin_activation();
    /// The service has ended: what it wrote is put where it belongs.
    void finish();

private:
    struct Stream {
        int fd = -1;
        Fd file; // where it is one of ours
        int error = 0;
    };

    int inherited_output() const;
    int inherited_error() const;
    bool is_lent_terminal(int fd) const;
    Stream open_input(CommandList list);
    Stream open_output(const Output& output, int inherited);
    Stream open_error();
    Stream open_words();
    Stream open_log();
    void hear_log(std::string_view text);
    Stream give_away(int fd) const;
    Stream open_journal(bool console);
    static Stream keep(Fd fd);
    int open_for_service(LinePump& pump);
    void put_pumps_between();
    void drain_words(std::size_t budget);

    Log& log_;
    const ExecContext& context_;
    Inherited inherited_;
    std::string log_name_;
    std::string object_;
    Stream input_;
    Stream output_;
    Stream error_;
    ServicePipe words_;
    LastWords last_words_;
    std::optional<Forwarder> forwarder_;
    EventSource words_source_;
    bool journal_missed_ = false; // by the process that was prepared last
    bool warned_of_journal_ = false;
    bool listens_ = false;
    std::function<void(const Line&)> hear_;
    LinePump output_pump_;
    LinePump error_pump_;
    LineCutter log_lines_;
    std::optional<LogPump> log_pump_;
};

} // namespace amphid
