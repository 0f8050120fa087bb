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

/// The way to the manager above us, and into the plan the unit that we are in. One that is not
/// systemd is no reason to fail where its NOTIFY_SOCKET is beyond us. Throws Failure.
std::optional<NotifySender> reach_manager(Plan& plan, const Host& host, Log::Sink sink);

/// Under systemd the unit's Restart= decides; a file that says something else is told.
void warn_of_other_restart(const Config& config, const Plan& plan, Log::Sink sink);

} // namespace amphid
