// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"
#include "plan/words.h"

#include <cstdint>
#include <string>
#include <vector>

namespace amphid {

/// The mode requested on the command line.
enum class Asked : std::uint8_t { nothing, daemon, foreground };

/// One row of the decision table (docs/explanation.md).
struct Evidence {
    std::string question;
    std::string finding;
    bool matches = false;
    Mode outcome = Mode::daemon;
};

/// The mode of a start and why.
struct Decision {
    Mode mode = Mode::daemon;
    /// The systemd manager that started us as a service; it does restarts and is notified.
    Manager manager = Manager::none;
    bool we_are_pid_1 = false;
    std::vector<Evidence> rows; // in the order of precedence; the first that matches decides
    std::vector<std::string> proves_nothing; // variables that are present, but inherited or stale
    std::vector<std::string> warnings;

    const Evidence& deciding() const;
};

Decision decide_mode(const Host& host, Asked asked, ModeChoice configured);

} // namespace amphid
