// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/spawn.h"
#include "plan/plan.h"
#include "supervisor/last_words.h"

#include <array>
#include <string>

namespace amphid {

/// The descriptors that `inherit` means: ours from before a daemon let go of them.
struct Inherited {
    Fd output;
    Fd error;
};

/// Starts the processes of a service as its plan says, the main process and the hooks: what systemd
/// reads again at each start (variables, files) is read again here.
class Executor {
public:
    Executor(const Plan& plan, Inherited inherited, std::string notify_address, bool shares_group);

    /// Opens and computes what the next start, of this command, needs; what is refused is that
    /// start's answer. A daemon does it before it forks, on pages that are not shared yet. `own`
    /// are the variables of this one process.
    void prepare(const Command& command, CommandList list, const Environment& own);

    /// Starts what was prepared.
    Spawned start(Record& record);

    /// A new activation: what was said before is forgotten.
    void forget_words() { last_words_.begin_pipe(); }
    /// The directory of the cgroup that every process is born in; -1: ours.
    void use_cgroup(int directory) { request_.cgroup = directory; }

    LastWords& last_words() { return last_words_; }

private:
    struct Stream {
        int fd = -1;
        Fd file; // where it is one of ours
        int error = 0;
    };

    Stream open_stream(const Output& output, int inherited) const;
    Stream open_null(int access) const;
    Stream open_file(const char* path, int flags) const;
    Spawned open_streams();
    Environment environment(CommandList list, const Environment& own) const;

    const Plan& plan_;
    Inherited inherited_;
    std::string notify_address_;
    bool shares_group_;
    SpawnRequest request_;
    Spawned refused_;
    Stream input_;
    Stream output_;
    Stream error_;
    LastWords last_words_;
};

} // namespace amphid
