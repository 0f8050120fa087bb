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
void resolve_context(const ServiceTable& service, const Host& host, Plan& plan);

/// What the file asks for and this process may not do, a sentence for each key. (Whether it may
/// become `user` and `group` is known when these were looked up.)
std::vector<std::string> missing_privileges(const ExecContext& context, const Host& host);

} // namespace amphid
