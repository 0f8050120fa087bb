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

/// A service as `status` shows it: its last state, corrected by what is alive, and everything else
/// that is known.
struct ServiceStatus {
    State state;
    std::string description;
    std::string main_command; // command line of the main process
    bool launcher_lives = false;
    bool main_lives = false;
    bool supervised = true; // false: it runs, and has no launcher on purpose
    bool known = true;      // has a configuration or a state
    bool configured = true; // has a configuration
    std::string file_note;  // why the configuration cannot be used; empty: it can
    bool readable = true;   // has no state, or a valid one
    bool pid_file = false;
    bool stateless = false; // its launcher is alive, but has no readable state
    std::string suspended;  // why launcher or main process do not execute; empty: they do
    std::string survivors;  // survivors of the last stop that are still alive
    StatusCode code = StatusCode::not_running;
    Usage usage;
    std::vector<std::string> output; // the last lines of its output, if that is a file

    /// True if something of it is running.
    bool lives() const { return launcher_lives || main_lives; }
};

ServiceStatus inspect(const KnownService& service);

} // namespace amphid
