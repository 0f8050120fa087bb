// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/enum_names.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace amphid {

/// Exit codes of the commands (those of LSB init script actions).
enum class ExitCode : std::uint8_t {
    success = 0,
    failure = 1,
    usage = 2,
    not_permitted = 4,
    not_installed = 5,
    not_configured = 6,
    not_running = 7,
};

/// Their meanings; a word in backticks is a command. The manual page is generated from this, and a
/// test compares the README's table with it.
struct ExitCodeMeaning {
    ExitCode code;
    std::string_view meaning;
};
inline constexpr ExitCodeMeaning exit_code_meanings[] = {
    {ExitCode::success,
     "done; also `stop` of what does not run, and `start` of a daemon that is ready"},
    {ExitCode::failure, "failed"},
    {ExitCode::usage, "wrong usage"},
    {ExitCode::not_permitted, "not permitted"},
    {ExitCode::not_installed, "program not installed"},
    {ExitCode::not_configured, "configuration wrong, or no place for the files of the service"},
    {ExitCode::not_running, "`reload` of what does not run"},
};

/// Exit codes of `status` (LSB).
enum class StatusCode : std::uint8_t {
    running = 0,
    dead_with_pid_file = 1,
    not_running = 3,
    unknown = 4,
};

/// The step between fork and exec that failed. The names are systemd's (systemd.exec(5), "Process
/// Exit Codes"), except environment, which systemd reads before it forks; `none` means no failure.
enum class ExecStage : std::uint8_t {
    none,
    chdir,
    exec,
    signal_mask,
    stdin_,
    stdout_,
    stderr_,
    setsid,
    nice,
    limits,
    oom_adjust,
    chroot,
    ioprio,
    timerslack,
    securebits,
    setscheduler,
    cpuaffinity,
    group,
    user,
    capabilities,
    no_new_privileges,
    runtime_directory,
    state_directory,
    cache_directory,
    logs_directory,
    configuration_directory,
    environment,
    fds,
    namespace_,
    keyring,
    seccomp,
};
constexpr auto enum_names(ExecStage) {
    return names_up_to<ExecStage::seccomp>(
        "", "CHDIR", "EXEC", "SIGNAL_MASK", "STDIN", "STDOUT", "STDERR", "SETSID", "NICE", "LIMITS",
        "OOM_ADJUST", "CHROOT", "IOPRIO", "TIMERSLACK", "SECUREBITS", "SETSCHEDULER", "CPUAFFINITY",
        "GROUP", "USER", "CAPABILITIES", "NO_NEW_PRIVILEGES", "RUNTIME_DIRECTORY",
        "STATE_DIRECTORY", "CACHE_DIRECTORY", "LOGS_DIRECTORY", "CONFIGURATION_DIRECTORY",
        "ENVIRONMENT", "FDS", "NAMESPACE", "KEYRING", "SECCOMP");
}

/// True if no process was ever created: systemd's result "resources".
constexpr bool is_before_fork(ExecStage stage) {
    return stage == ExecStage::none || stage == ExecStage::environment;
}

/// systemd's exit status for a failure in this stage; 1 if it has none.
int exit_status_of(ExecStage stage);

} // namespace amphid
