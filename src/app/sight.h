// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "app/service.h"
#include "app/usage.h"
#include "base/exit_code.h"
#include "plan/state.h"

#include <string>
#include <vector>

namespace amphid {

/// A service as `status` shows it: its last state, corrected by what lives, and what else is known.
struct Sight {
    State state;
    std::string description;
    std::string main_command; // of the main process: its command line
    bool launcher_lives = false;
    bool main_lives = false;
    bool known = true;      // has a configuration or a state
    bool configured = true; // has a configuration
    bool readable = true;   // has no state, or one to believe
    bool pid_file = false;
    bool stateless = false; // its launcher lives, without a state to read
    std::string survivors;  // of the last stop, those that live
    StatusCode code = StatusCode::not_running;
    Usage usage;
    std::vector<std::string> output; // the last lines of its output, where that is a file

    /// Some of it runs.
    bool lives() const { return launcher_lives || main_lives; }
};

Sight see(const KnownService& service);

} // namespace amphid
