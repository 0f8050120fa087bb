// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "machine/machine.h"

#include <cstdint>
#include <string>

namespace amphid {

/// The launcher's own exit in the foreground: that of the service.
struct Ending {
    int code = 0;
    int signal = 0; // not 0: die by it instead
    friend bool operator==(const Ending&, const Ending&) = default;
};

/// Who evaluates the exit of a launcher in the foreground.
enum class Above : std::uint8_t {
    nobody,
    manager,          // systemd: an early but clean exit stays clean, its result is protocol
    container_engine, // success-exit-status means success there, too
};

/// The ending of a finished machine.
Ending ending_of(const Machine& machine, const Policy& policy, Above above);

/// "exited with code 7", "killed by signal SIGSEGV", "EXEC /path: No such file or directory".
/// `object` is what the failed stage was about.
std::string describe_exit(const MainExit& exit, std::string_view object);

/// Why a service that is no longer running failed: how it ended, or what timed out.
std::string describe_cause(const Machine& machine, const Policy& policy, std::string_view object);

/// The cause with the result in parentheses, and a note if the start limit was hit.
std::string describe_result(const Machine& machine, const Policy& policy, std::string_view cause);

/// The cause followed by the result.
std::string describe_failure(const Machine& machine, const Policy& policy, std::string_view object);

} // namespace amphid
