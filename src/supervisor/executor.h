// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/spawn.h"
#include "plan/plan.h"
#include "supervisor/streams.h"

#include <string>
#include <vector>

namespace amphid {

/// Starts the processes of a service as its plan says, the main process and the hooks: what systemd
/// reads again at each start (variables, files) is read again here.
class Executor {
public:
    Executor(const Plan& plan, Streams& streams, std::string notify_address, bool shares_group);

    /// Opens and computes what the next start, of this command, needs; what is refused is that
    /// start's answer. A daemon does it before it forks, on pages that are not shared yet. `own`
    /// are the variables of this one process.
    void prepare(const Command& command, CommandList list, const Environment& own);

    /// The descriptors of what is prepared next, as {ours, its number}; not owned.
    void give(std::vector<std::pair<int, int>> descriptors) {
        request_.descriptors = std::move(descriptors);
    }

    /// Starts the program of a check at once: silent, with the rest of what every process of the
    /// service starts with.
    Spawned start_check(const Command& command, const Environment& own) const;

    /// What is prepared is to lead a process group, or also a session.
    bool gets_own_group() const { return request_.own_process_group || request_.own_terminal; }
    bool gets_own_session() const { return request_.own_session; }

    /// The next start is prepared already.
    bool is_prepared() const { return prepared_; }

    /// Starts what was prepared.
    Spawned start(Record& record);

    /// The directory of the cgroup that every process is born in; -1: ours.
    void use_cgroup(int directory) { request_.cgroup = directory; }

    /// What the last refusal was about, where the stage alone does not tell.
    const std::string& refused_object() const { return object_; }

    /// The service has ended: its runtime directories go, unless they are to stay; `restarts` says
    /// that it comes back.
    void remove_directories(bool restarts) const;

private:
    void describe(SpawnRequest& request, const Command& command, CommandList list,
                  const Environment& own) const;
    Spawned make_ready(const Command& command, CommandList list);
    void name_missing_interpreter();
    Environment environment(CommandList list, const Environment& own) const;
    Spawned read_environment_files();

    const Plan& plan_;
    std::string notify_address_;
    bool shares_group_;
    Streams& streams_;
    bool prepared_ = false;
    SpawnRequest request_;
    Spawned refused_;
    std::string object_;
    std::vector<Environment> from_files_;
};

/// What stands before the service's lines in every log: syslog-identifier, else its program's name.
std::string log_name(const Plan& plan);

} // namespace amphid
