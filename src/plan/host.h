// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/text.h"
#include "plan/exec_values.h"
#include "plan/expand.h"
#include "plan/words.h"

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

namespace amphid {

/// What a start finds around it: facts without conclusions.
struct Host {
    pid_t pid = 0;
    uid_t uid = 0; // effective
    /// In a user namespace: as whom everybody from outside shows (user_namespaces(7), "unmapped
    /// user IDs"), unless somebody inside has that number.
    std::optional<uid_t> outside_uid;
    Environment environment;
    std::string working_directory;
    /// /run/systemd/system exists (sd_booted(3)): the machine runs systemd; not that it started us.
    bool systemd_booted = false;
    /// Our path in systemd's cgroup hierarchy, "/" where there is none; read only where
    /// SYSTEMD_EXEC_PID is set.
    std::string cgroup;
    /// SYSTEMD_EXEC_PID names another process, and that one is in our own service's cgroup.
    bool exec_pid_shares_cgroup = false;
    /// /.dockerenv or /run/.containerenv; proves nothing, and is shown for that reason.
    std::string container_marker;
    /// JOURNAL_STREAM (systemd.exec(5)) is descriptor 1, 2.
    bool output_is_journal = false;
    bool error_is_journal = false;
    /// journald takes streams here.
    bool journal_runs = false;
    /// What this process may do: its permitted capabilities, limits, and where it stands.
    std::uint64_t capabilities = 0;
    std::array<Limit, limit_resources> limits;
    int nice = 0;
    int oom_score_adjust = 0;
};

/// A variable of the environment we were given.
inline std::optional<std::string_view> variable(const Host& host, std::string_view name) {
    return find_variable(host.environment, name);
}

/// The proof that a systemd executed this very process (systemd.exec(5)); everything else is
/// inherited.
inline bool executed_by_systemd(const Host& host) {
    return variable(host, "SYSTEMD_EXEC_PID") == concat(host.pid);
}

/// Which systemd that was.
inline Manager executing_manager(const Host& host) {
    return !executed_by_systemd(host)     ? Manager::none
           : variable(host, "MANAGERPID") ? Manager::user
                                          : Manager::system;
}

/// Whose places this process means, of configurations by name and of a service's directories: the
/// system's for root and for what the system manager runs, whoever that is.
inline Manager manager_of_places(const Host& host) {
    const bool system = host.uid == 0 || executing_manager(host) == Manager::system;
    return system ? Manager::system : Manager::user;
}

} // namespace amphid
