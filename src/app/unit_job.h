// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/words.h"

#include <string>
#include <string_view>

namespace amphid {

/// A start or a restart that is systemd's.
struct UnitJob {
    Manager manager = Manager::system;
    std::string unit;
    std::string name;      // of the service
    std::string directory; // where it keeps its state
    bool retries = true;   // false: a start that failed is not tried again
};

/// Runs `systemctl VERB UNIT`; its exit code. Of a failure it says what everybody else is told,
/// too: the reason, and the last words of the service, from the journal. Throws OsError.
int run_unit_job(const UnitJob& job, std::string_view verb);

/// The messages among the lines of `journalctl --output=short-unix` that are not the launcher's.
std::string words_in_journal(std::string_view lines, int launcher);

} // namespace amphid
