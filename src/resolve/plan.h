// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "resolve/mode.h"

#include <optional>
#include <string>
#include <vector>

namespace amphid {

/// Which service a command speaks of.
struct ServiceFile {
    std::string path; // absolute, of the configuration
    std::string stem;
    std::vector<std::string> drop_ins{}; // in the order in which they count
    /// What %i stands for: the part of the stem behind its "@".
    std::optional<std::string> instance{};
    bool masked = false; // a link to /dev/null
};

/// Where the files of a service are, by design.md section 5; empty where this user has no place for
/// them.
std::string runtime_directory_of(const std::string& name, const std::string& configured,
                                 const Host& host);

/// Where the files of a plain user's service are without XDG_RUNTIME_DIR, as in cron or after
/// su(1): below $XDG_STATE_HOME or the home directory. It outlives a reboot, and the boot id in the
/// state tells. Empty for whom there is no such place.
std::string home_runtime_directory_of(const std::string& name, const Host& host);

/// "why not" for an empty runtime directory, in one sentence.
std::string no_runtime_directory(const Host& host);

/// The signal for a reload; 0 where nothing says that the service reloads by one, since SIGHUP ends
/// a service that does not catch it.
Signal reload_signal_of(const ServiceTable& service);

/// False where nothing says how the service reloads: a reload is then refused, as by systemd.
bool can_reload(const ServiceTable& service);

/// How the service is started, stopped and restarted.
Policy policy_of(const ServiceTable& service, bool restart_is_ours);

/// Everything the launcher needs, from the file and the host; `paths.directory` may be empty.
Plan make_plan(const Config& config, const ServiceFile& file, const Host& host,
               const Decision& decision);

/// What a start should tell its user about this plan: things that work, but not as they look.
std::vector<std::string> warnings_about(const Plan& plan, const Host& host);

} // namespace amphid
