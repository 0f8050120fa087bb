// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/plan.h"
#include "plan/state.h"
#include "supervisor/handles.h"

#include <vector>

namespace amphid {

/// Opens the sockets of the plan, except those that the handles have already. Those of a service
/// that is taken over come from its main process, as far as the kernel permits; what then cannot
/// be had is opened at its next start, and logged. Throws OsError.
void open_sockets(const Plan& plan, Handles& handles, Log log);

/// For a restart: the sockets that this process, the launcher or the main process, still holds, so
/// that no connection is lost meanwhile. New ones are opened while the service still runs, if they
/// can be. Throws OsError.
std::vector<Fd> hold_sockets(const Plan& plan, const ProcessId& holder);

} // namespace amphid
