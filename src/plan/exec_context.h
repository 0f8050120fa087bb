// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/exec_values.h"
#include "plan/expand.h"
#include "plan/log_settings.h"
#include "plan/sandbox.h"
#include "plan/words.h"

#include <array>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace amphid {

/// Where a standard stream of the service goes; `path` for file, append and truncate.
struct Output {
    OutputKind kind = OutputKind::automatic;
    std::string path;
    bool console = false; // "journal+console" and the like: copied to the console
    friend bool operator==(const Output&, const Output&) = default;
};

/// Where the standard input of the service comes from; `path` for file.
struct Input {
    InputKind kind = InputKind::automatic;
    std::string path;
    friend bool operator==(const Input&, const Input&) = default;
};

/// `user`, `group` and `supplementary-groups` resolved on this host; empty means unchanged.
struct Credentials {
    std::optional<uid_t> uid;
    std::optional<gid_t> gid;
    std::optional<std::vector<gid_t>> groups;
    /// HOME, USER, LOGNAME and SHELL of `user`.
    Environment login;
};

/// The service's own directories of one kind: `names` below `base`.
struct OwnDirectories {
    std::string base; // absolute
    std::vector<std::string> names;
    mode_t mode = 0755;
};
constexpr std::size_t directory_kinds = enum_names(DirectoryKind{}).size();

struct Scheduling {
    std::optional<int> nice;
    std::optional<int> oom_score_adjust;
    std::optional<CpuSet> affinity;
    std::optional<CpuPolicy> policy;
    std::optional<int> priority;
    bool reset_on_fork = false;
    std::optional<IoClass> io_class;
    std::optional<int> io_priority;
    std::optional<Nanoseconds> timer_slack;
};

/// The execution environment of every process of the service, main process and hooks alike
/// (systemd.exec(5)).
struct ExecContext {
    std::string working_directory;              // empty: ours
    bool working_directory_is_home = false;     // of the user; looked up with the credentials
    bool working_directory_is_optional = false; // if it is missing, the service starts in "/"
    std::string root_directory;                 // empty: no other
    mode_t umask = 0022;

    Account user;
    Account group;
    std::vector<std::string> supplementary_groups;
    Credentials credentials; // looked up from these three
    /// Without `user`, a plain user's daemon gets that user's login variables, as under systemd's
    /// user manager.
    bool login_of_caller = false;
    std::optional<CapabilitySet> bounding_set;
    std::optional<CapabilitySet> ambient_set;
    unsigned secure_bits = 0;
    bool no_new_privileges = false;
    Sandbox sandbox;
    bool ignore_sigpipe = true;
    std::array<std::optional<Limit>, limit_resources> limits;
    Scheduling scheduling;

    /// The base environment: clean or inherited. Each spawn adds to it, and `assignments` from the
    /// file override it.
    Environment environment;
    Environment assignments;
    std::vector<EnvironmentFile> environment_files;
    std::vector<uid_t> trusted_users; // whose files root trusts besides its own
    std::vector<std::string> unset_environment;
    /// Keep the manager's INVOCATION_ID: ours would hide the unit's log lines.
    bool keep_invocation_id = false;

    std::array<OwnDirectories, directory_kinds> directories;
    Preserve preserve_runtime = Preserve::no;

    Input standard_input;
    std::string tty_path;
    Output standard_output;
    /// automatic: a pipe of ours that keeps the last lines.
    Output standard_error;
    /// Standard error is standard output's descriptor (systemd's StandardError=inherit).
    bool error_joins_output = false;
    /// What a pipe of ours reads is passed on to the journal.
    bool words_to_journal = false;
    std::string syslog_identifier; // empty: the program's name
    /// Where streams of kind `log` go.
    LogSettings log;
};

} // namespace amphid
