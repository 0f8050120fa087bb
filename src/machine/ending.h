// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/machine.h"

#include <string>

namespace amphid {

/// What the launcher itself ends with in the foreground: the service's own exit.
struct Ending {
    int code = 0;
    int signal = 0; // not 0: die by it instead
    friend bool operator==(const Ending&, const Ending&) = default;
};

/// The end of a finished machine. `under_manager`: systemd reads it and draws its own conclusions,
/// so that an early but clean end stays clean (its result is then protocol, as it should be).
Ending ending_of(const Machine& machine, const Policy& policy, bool under_manager);

/// "exited with code 7", "killed by signal SIGSEGV", "EXEC /path: No such file or directory".
/// `object` names what the failed stage stumbled over.
std::string describe_exit(const MainExit& exit, std::string_view object);

/// Why a service that is not running any more failed: how it ended or what it did not do in time.
std::string describe_cause(const Machine& machine, const Policy& policy, std::string_view object);

/// The cause with the result in parentheses, and that the start limit was hit, if it was.
std::string describe_result(const Machine& machine, const Policy& policy, std::string_view cause);

/// Both of these.
std::string describe_failure(const Machine& machine, const Policy& policy, std::string_view object);

} // namespace amphid
