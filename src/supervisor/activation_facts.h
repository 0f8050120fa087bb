// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/time_span.h"
#include "machine/machine.h"
#include "plan/state.h"
#include "plan/words.h"

#include <optional>
#include <string>

namespace amphid {

/// What the supervisor knows of one activation of the service, from its first hook to its last
/// process. Reset as a whole when the next one begins; what has to outlive an activation is not in
/// here.
struct ActivationFacts : ActivationRecord {
    // Requests of the service (sd_notify(3)).
    std::optional<NotifyAccess> notify_access; // NOTIFYACCESS=
    std::optional<TimeSpan> watchdog;          // WATCHDOG_USEC=

    // Refusals: each is logged once, and reported to a command that waits for the start.
    std::string refused_message; // from a sender that notify-access excludes
    std::string refused_pid_file;
    std::string out_of_resources; // why the service could not be announced
    bool store_refused = false;

    Whom last_kill = Whom::everybody; // the last final signal's
};

} // namespace amphid
