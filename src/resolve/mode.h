// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"
#include "plan/words.h"

#include <cstdint>
#include <string>
#include <vector>

namespace amphid {

/// What the command line says about the mode.
enum class Asked : std::uint8_t { nothing, daemon, foreground };

/// One row of the table that decides (design.md section 4).
struct Evidence {
    std::string question;
    std::string finding;
    bool matches = false;
    Mode outcome = Mode::daemon;
};

/// The mode of a start and why.
struct Decision {
    Mode mode = Mode::daemon;
    /// The systemd that started us as a service; it restarts, and it is told.
    Manager manager = Manager::none;
    bool we_are_pid_1 = false;
    std::vector<Evidence> rows; // in the order of precedence; the first that matches decides
    std::vector<std::string> proves_nothing; // what is there, but is inherited or left behind
    std::vector<std::string> warnings;

    const Evidence& deciding() const;
};

Decision decide_mode(const Host& host, Asked asked, ModeChoice configured);

} // namespace amphid
