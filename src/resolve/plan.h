// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "config/setting.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "resolve/mode.h"

#include <optional>
#include <string>
#include <vector>

namespace amphid {

/// The service that a command is about.
struct ServiceFile {
    std::string path; // of the configuration, absolute
    std::string stem;
    std::vector<std::string> drop_ins{}; // in order of precedence
    /// %i: the part of the stem after the "@".
    std::optional<std::string> instance{};
    bool masked = false; // a link to /dev/null
    /// There is no file: `path` is "--exec" and the program, for messages and for the state.
    bool is_program = false;
    std::vector<GivenText> given{}; // from the command line, read after the files
};

/// The directory of a service's runtime files (amphid(1), FILES); empty if this user has none.
std::string runtime_directory_of(const std::string& name, const std::string& configured,
                                 const Host& host);

/// The directory for a plain user without XDG_RUNTIME_DIR, as in cron or after su(1): below
/// $XDG_STATE_HOME or the home directory. It survives a reboot, which the boot id in the state
/// reveals. Empty if there is no such place either.
std::string home_runtime_directory_of(const std::string& name, const Host& host);

/// Why there is no runtime directory, in one sentence.
std::string no_runtime_directory(const Host& host);

/// The signal for a reload; 0 if none is configured, since SIGHUP ends a service that does not
/// catch it.
Signal reload_signal_of(const ServiceTable& service);

/// False if no way to reload is configured: a reload is then refused, as by systemd.
bool can_reload(const ServiceTable& service);

/// How the service is started, stopped and restarted.
Policy policy_of(const ServiceTable& service, bool restart_is_ours);

/// Makes the Plan from configuration and host facts; `paths.directory` may be empty.
Plan make_plan(const Config& config, const ServiceFile& file, const Host& host,
               const Decision& decision);

/// Warnings for the user about this plan: things that work, but not as one would expect.
/// Why a start without a launcher (`supervise = "never"`) is refused in this mode; empty if it is
/// not. `tells`: a descriptor awaits the readiness.
std::string why_not_in_place(const Plan& plan, bool tells);

std::vector<std::string> warnings_about(const Plan& plan, const Host& host);

} // namespace amphid
