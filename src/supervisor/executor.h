// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/spawn.h"
#include "plan/plan.h"
#include "supervisor/streams.h"

#include <map>
#include <string>
#include <vector>

namespace amphid {

/// Starts the processes of a service according to its plan, main process and hooks. What systemd
/// reads again at each start (variables, files) is read again here, too.
class Executor {
public:
    Executor(const Plan& plan, Streams& streams, std::string notify_address, bool shares_group);

    /// Prepares the next start, of this command; failures are reported by that start. A daemon does
    /// this before it forks, while its pages are not shared yet. `own` are variables for this
    /// process alone.
    void prepare(const Command& command, CommandList list, const Environment& own);

    /// The descriptors for the next process to prepare, as {ours, its number}; not owned.
    void give(std::vector<std::pair<int, int>> descriptors) {
        request_.descriptors = std::move(descriptors);
    }

    /// Starts the program of a check at once: without output, otherwise like every process of the
    /// service.
    Spawned start_check(const Command& command, const Environment& own) const;

    /// True if the prepared process leads a process group or also a session.
    bool gets_own_group() const { return request_.own_process_group || request_.own_terminal; }
    bool gets_own_session() const { return request_.own_session; }

    /// True if the next start is prepared.
    bool is_prepared() const { return prepared_; }

    /// In place of prepare(): start() will fail like this.
    void refuse(const Spawned& failure);

    /// Starts what was prepared.
    Spawned start(Record& record);

    /// Becomes what was prepared, in this process; returns only if that failed.
    Spawned become(Record& record);

    /// The directory of the cgroup that every process is created in; -1: ours.
    void use_cgroup(int directory) { request_.cgroup = directory; }

    /// The object of the last failure, if the stage alone does not tell.
    const std::string& refused_object() const { return object_; }

    /// The service has ended: removes its runtime directories, unless they are preserved;
    /// `restarts`: it is about to be restarted.
    void remove_directories(bool restarts) const;

private:
    void describe(SpawnRequest& request, const Command& command, CommandList list,
                  const Environment& own) const;
    Spawned make_ready(const Command& command, CommandList list);
    void explain_exec_error(int error);
    Environment environment(CommandList list, const Environment& own) const;
    Spawned read_environment_files();
    bool has_lesser_rights(Privileges privileges) const;

    const Plan& plan_;
    std::string notify_address_;
    bool shares_group_;
    Streams& streams_;
    bool prepared_ = false;
    SpawnRequest request_;
    Spawned refused_;
    std::string object_;
    std::vector<Environment> from_files_;
    /// By privileges. Ours do not change, so each kind is asked for once.
    mutable std::map<Privileges, bool> lesser_rights_;
};

/// The label of the service's lines in every log: syslog-identifier, otherwise the program's name.
std::string log_name(const Plan& plan);

} // namespace amphid
