// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "supervisor/run.h"

namespace amphid {

Ending run(const Plan& plan, State&& state, Handles&& handles) {
    return Supervisor(plan, std::move(state), std::move(handles)).run();
}

} // namespace amphid
