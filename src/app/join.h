// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "os/fd.h"
#include "plan/plan.h"
#include "plan/state.h"
#include "supervisor/verdict.h"

#include <optional>
#include <variant>

namespace amphid {

struct Locked {
    Fd lock;
    /// What a killed launcher left running, to be taken over.
    std::optional<State> orphan;
    /// What a killed launcher of the foreground left, to be ended before anything is started.
    std::optional<State> leftover;
};

/// The service's lock, or what became of the launcher that holds it: a daemon start waits for the
/// other one's verdict, a foreground start is refused at once. Throws OsError, and Failure where a
/// killed launcher of a daemon left processes that this start does not adopt; the foreground never
/// does.
std::variant<Locked, Verdict> lock_or_join(const Plan& plan, const std::string& instance,
                                           const Fd& directory, bool adopts);

} // namespace amphid
