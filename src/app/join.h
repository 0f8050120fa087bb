// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "plan/plan.h"
#include "plan/state.h"
#include "supervisor/verdict.h"

#include <memory>
#include <string>
#include <variant>

namespace amphid {

struct Locked {
    Fd lock;
    /// A service left by a killed launcher, to be taken over.
    std::unique_ptr<const State> orphan;
    /// What a killed foreground launcher left, to be stopped before the start.
    std::unique_ptr<const State> leftover;
};

/// What the plan of a start does not say.
struct Starter {
    const std::string& instance;      // of a template
    const std::string& second_record; // the path of the service's SecondRecord
};

/// Takes the service's lock, or returns the verdict of the launcher that holds it: a daemon start
/// waits for that verdict, a foreground start is refused at once. Throws OsError, and Failure if a
/// daemon's killed launcher left processes that this start does not adopt; the foreground never
/// does.
std::variant<Locked, Verdict> lock_or_join(const Plan& plan, const Starter& who,
                                           const Fd& directory, bool adopts);

/// The verdict of the next start, for a start that another command's restart has stopped: as with
/// systemctl(1), both commands have the same result. If no other start follows within a few
/// seconds, `stopped`.
Verdict join_restart(const Plan& plan, const Verdict& stopped);

} // namespace amphid
