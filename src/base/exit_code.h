// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/enum_names.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace amphid {

/// What the commands exit with (LSB init script actions; design.md section 2).
enum class ExitCode : std::uint8_t {
    success = 0,
    failure = 1,
    usage = 2,
    not_permitted = 4,
    not_installed = 5,
    not_configured = 6,
    not_running = 7,
};

/// What `status` exits with (LSB).
enum class StatusCode : std::uint8_t {
    running = 0,
    dead_with_pid_file = 1,
    not_running = 3,
    unknown = 4,
};

/// The step between fork and exec that failed. Names and numbers are systemd's (systemd.exec(5),
/// "Process Exit Codes"); `none` means that there was no failure.
enum class ExecStage : std::uint8_t {
    none,
    chdir,
    exec,
    signal_mask,
    stdin_,
    stdout_,
    stderr_,
    setsid,
};
constexpr auto enum_names(ExecStage) {
    return names_up_to<ExecStage::setsid>("", "CHDIR", "EXEC", "SIGNAL_MASK", "STDIN", "STDOUT",
                                          "STDERR", "SETSID");
}

/// systemd's exit status for a failure in this stage.
constexpr int exit_status_of(ExecStage stage) {
    switch (stage) {
    case ExecStage::none:
        return 0;
    case ExecStage::chdir:
        return 200;
    case ExecStage::exec:
        return 203;
    case ExecStage::signal_mask:
        return 207;
    case ExecStage::stdin_:
        return 208;
    case ExecStage::stdout_:
        return 209;
    case ExecStage::setsid:
        return 220;
    case ExecStage::stderr_:
        return 222;
    }
    return 255;
}

} // namespace amphid
