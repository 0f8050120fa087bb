// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/spawn.h"
#include "plan/exec_context.h"
#include "supervisor/last_words.h"
#include "supervisor/line_pump.h"

#include <array>
#include <string>

namespace amphid {

/// The descriptors that `inherit` means: ours from before a daemon let go of them.
struct Inherited {
    Fd output;
    Fd error;
};

/// The standard streams of the service's processes, opened anew for each of them as its context
/// says.
class Streams {
public:
    Streams(const ExecContext& context, Inherited inherited, std::string identifier);

    /// Opens them for the next process and puts them into its request. `log_name` stands before its
    /// lines in the journal where the file has no syslog-identifier. What is refused is the answer:
    /// a stage with its errno.
    Spawned open(SpawnRequest& request, const std::string& log_name);

    /// The service's output passes through us from now on, for whoever waits for a line of it.
    void listen() { listens_ = true; }
    /// -1 where it does not, or not yet.
    std::array<int, 2> pump_fds() const { return {output_pump_.fd(), error_pump_.fd()}; }
    void pump(const LinePump::Hear& hear);
    /// Of the pipes; 0: there is none.
    std::array<std::uint64_t, 2> pump_inodes() const {
        return {output_pump_.inode(), error_pump_.inode()};
    }
    /// Those that a process has from a launcher before us.
    void take_over(int pid, std::uint64_t output, std::uint64_t error);

    /// Variables that tell the process of them: JOURNAL_STREAM.
    void add_variables(Environment& environment) const;

    /// The process has them: only a file is kept, for the words in it.
    void release();

    /// What the last refusal was about.
    const std::string& object() const { return object_; }

    LastWords& last_words() { return last_words_; }

private:
    struct Stream {
        int fd = -1;
        Fd file; // where it is one of ours
        int error = 0;
    };

    Stream open_input();
    Stream open_output(const Output& output, int inherited);
    Stream open_error();
    Stream open_words();
    static Stream keep(Fd fd);
    void put_pumps_between();

    const ExecContext& context_;
    Inherited inherited_;
    std::string log_name_;
    std::string object_;
    Stream input_;
    Stream output_;
    Stream error_;
    LastWords last_words_;
    bool listens_ = false;
    LinePump output_pump_;
    LinePump error_pump_;
};

} // namespace amphid
