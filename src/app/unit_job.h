// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/words.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// A start or a restart by systemd.
struct UnitJob {
    Manager manager = Manager::system;
    std::string unit;
    std::string name;      // of the service
    std::string directory; // its runtime directory
    bool retries = true;   // false: a failed start is not retried
};

/// Runs `systemctl VERB UNIT`; its exit code. A failure is reported as elsewhere: with the reason,
/// and the last lines of the service, from the journal. Throws OsError.
int run_unit_job(const UnitJob& job, std::string_view verb);

/// The journalctl command for the last lines of the unit's processes; `identifier` is the unit's
/// SyslogIdentifier, `uid` the service's user.
std::vector<std::string> last_lines_command(const UnitJob& job, std::uint64_t since_usec,
                                            const std::string& identifier, std::uint32_t uid);

/// The messages among the lines of `journalctl --output=short-unix` that are not the launcher's.
std::string lines_from_journal(std::string_view lines, int launcher);

} // namespace amphid
