// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/host.h"
#include "plan/plan.h"

#include <string>
#include <vector>

namespace amphid {

/// Fills `plan.context`, what every process of the service starts with; the lifecycle and the
/// manager stand in the plan already.
void resolve_context(const ServiceTable& service, const LogTable& log, const Host& host,
                     Plan& plan);

/// What the file asks for and this process may not do, a sentence for each key. (Whether it may
/// become `user` and `group` is known when these were looked up.)
std::vector<std::string> missing_privileges(const ExecContext& context, const Host& host);

/// Puts limits, nice level and OOM score that this process may not give down to the nearest that it
/// may, as systemd does.
void lower_to_what_can_be_had(ExecContext& context, const Host& host);

/// A sentence for each key that has less effect on this host than the file asks for.
std::vector<std::string> concessions(const ServiceTable& service, const ExecContext& context,
                                     const Host& host);

} // namespace amphid
