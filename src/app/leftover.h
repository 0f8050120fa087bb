// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/notify_sender.h"
#include "plan/plan.h"
#include "plan/state.h"
#include "supervisor/log.h"

namespace amphid {

/// A foreground service dies with its launcher: ends what a killed launcher left of it, before the
/// next start. `manager` (may be null) is told, so that it waits. Throws Failure if that fails.
void end_leftover(const Plan& plan, const State& left, NotifySender* manager, Log log);

} // namespace amphid
