// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/host.h"
#include "plan/plan.h"

#include <string>
#include <vector>

namespace amphid {

/// Fills in `plan.context`; mode and manager must already be in the plan.
void resolve_context(const ServiceTable& service, const LogTable& log, const Host& host,
                     Plan& plan);

/// The log file of a daemon whose configuration does not say where its output goes, if journald
/// does not run. Empty if there is no place for one.
std::string default_log_path(const std::string& name, const Host& host);

/// Settings that this process lacks the privileges for, one sentence per key. (`user` and `group`
/// are checked when they are looked up.)
std::vector<std::string> missing_privileges(const ExecContext& context, const Host& host);

/// Lowers limits, nice level and OOM score to the nearest value that this process may set, as
/// systemd does.
void lower_to_what_can_be_had(ExecContext& context, const Host& host);

/// One sentence for each key that has less effect on this host than the file asks for.
std::vector<std::string> concessions(const ServiceTable& service, const ExecContext& context,
                                     const Host& host);

} // namespace amphid
