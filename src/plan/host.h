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

/// The surroundings of a start: facts without conclusions.
struct Host {
    pid_t pid = 0;
    uid_t uid = 0; // effective
    /// In a user namespace: the UID that users from outside show up as (user_namespaces(7),
    /// "unmapped user IDs"), unless that number is mapped inside.
    std::optional<uid_t> outside_uid;
    Environment environment;
    std::string working_directory;
    /// /run/systemd/system exists (sd_booted(3)): the machine runs systemd, which does not mean
    /// that it started us.
    bool systemd_booted = false;
    /// Our path in systemd's cgroup hierarchy, "/" where there is none; read only where
    /// SYSTEMD_EXEC_PID is set.
    std::string cgroup;
    /// SYSTEMD_EXEC_PID names another process, and that one is in our own service's cgroup.
    bool exec_pid_shares_cgroup = false;
    /// /.dockerenv or /run/.containerenv; proves nothing, and `explain` says so.
    std::string container_marker;
    /// JOURNAL_STREAM (systemd.exec(5)) is descriptor 1, 2.
    bool output_is_journal = false;
    bool error_is_journal = false;
    /// journald accepts streams here.
    bool journal_runs = false;
    /// This process's permitted capabilities, limits and current values.
    std::uint64_t capabilities = 0;
    std::array<Limit, limit_resources> limits;
    int nice = 0;
    int oom_score_adjust = 0;
};

/// Names the directory for the runtime directories of all services, a volume for example.
constexpr const char* runtime_directory_variable = "AMPHID_RUNTIME_DIRECTORY";

/// A variable of our environment.
inline std::optional<std::string_view> variable(const Host& host, std::string_view name) {
    return find_variable(host.environment, name);
}

/// True if systemd executed this very process (SYSTEMD_EXEC_PID, systemd.exec(5)); all other
/// variables may be inherited.
inline bool executed_by_systemd(const Host& host) {
    return variable(host, "SYSTEMD_EXEC_PID") == concat(host.pid);
}

/// Which systemd manager it was.
inline Manager executing_manager(const Host& host) {
    return !executed_by_systemd(host)     ? Manager::none
           : variable(host, "MANAGERPID") ? Manager::user
                                          : Manager::system;
}

/// Whose directories to use for configurations and services: the system's for root and for anything
/// that the system manager runs, as whichever user.
inline Manager manager_of_places(const Host& host) {
    const bool system = host.uid == 0 || executing_manager(host) == Manager::system;
    return system ? Manager::system : Manager::user;
}

/// The same for configurations alone: a container has one place for them, whichever user its PID 1
/// is.
inline Manager manager_of_configurations(const Host& host) {
    return host.pid == 1 ? Manager::system : manager_of_places(host);
}

} // namespace amphid
