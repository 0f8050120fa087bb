// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "os/notify_sender.h"
#include "plan/host.h"
#include "plan/plan.h"
#include "supervisor/log.h"

#include <optional>

namespace amphid {

/// Returns the sender to the manager above us, and stores our unit in the plan. An unreachable
/// NOTIFY_SOCKET is an error only if the manager is systemd. Throws Failure.
std::optional<NotifySender> reach_manager(Plan& plan, const Host& host, Log& log);

/// Under systemd the unit's Restart= decides; warns if the configuration says something else.
void warn_of_other_restart(const Config& config, const Plan& plan, Log& log);

} // namespace amphid
