// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/enum_names.h"

#include <cstdint>

namespace amphid {

// The vocabulary of systemd.service(5) and org.freedesktop.systemd1(5). Every other spelling of
// these words is printed from here.

enum class ServiceType : std::uint8_t {
    simple,
    exec,
    notify,
    notify_reload,
    forking,
    oneshot,
    idle
};
constexpr auto enum_names(ServiceType) {
    return names_up_to<ServiceType::idle>("simple", "exec", "notify", "notify-reload", "forking",
                                          "oneshot", "idle");
}

/// True if the service is ready when it sends READY=1.
constexpr bool is_notify(ServiceType type) {
    return type == ServiceType::notify || type == ServiceType::notify_reload;
}

/// systemd.kill(5): which processes a stop ends.
enum class KillMode : std::uint8_t { control_group, mixed, process, none };
constexpr auto enum_names(KillMode) {
    return names_up_to<KillMode::none>("control-group", "mixed", "process", "none");
}

/// The lists of commands that a service has, in the order in which a start and a stop run them; the
/// last two once nothing of the service is left and no restart follows.
enum class CommandList : std::uint8_t {
    exec_condition,
    exec_start_pre,
    exec_start,
    exec_start_post,
    exec_reload,
    exec_stop,
    exec_stop_post,
    on_success,
    on_failure,
};
constexpr auto enum_names(CommandList) {
    return names_up_to<CommandList::on_failure>("exec-condition", "exec-start-pre", "exec-start",
                                                "exec-start-post", "exec-reload", "exec-stop",
                                                "exec-stop-post", "on-success", "on-failure");
}
constexpr std::size_t command_lists = enum_names(CommandList{}).size();
constexpr auto every_command_list = every<CommandList>();

enum class Restart : std::uint8_t {
    no,
    on_success,
    on_failure,
    on_abnormal,
    on_watchdog,
    on_abort,
    always,
};
constexpr auto enum_names(Restart) {
    return names_up_to<Restart::always>("no", "on-success", "on-failure", "on-abnormal",
                                        "on-watchdog", "on-abort", "always");
}

enum class NotifyAccess : std::uint8_t { none, main, exec, all };
constexpr auto enum_names(NotifyAccess) {
    return names_up_to<NotifyAccess::all>("none", "main", "exec", "all");
}

enum class ServiceState : std::uint8_t {
    dead,
    condition,
    start_pre,
    start,
    start_post,
    running,
    exited,
    reload,
    reload_signal,
    reload_notify,
    drain,
    stop,
    stop_watchdog,
    stop_sigterm,
    stop_sigkill,
    stop_post,
    final_sigterm,
    final_sigkill,
    auto_restart,
    failed,
};
constexpr auto enum_names(ServiceState) {
    return names_up_to<ServiceState::failed>(
        "dead", "condition", "start-pre", "start", "start-post", "running", "exited", "reload",
        "reload-signal", "reload-notify", "drain", "stop", "stop-watchdog", "stop-sigterm",
        "stop-sigkill", "stop-post", "final-sigterm", "final-sigkill", "auto-restart", "failed");
}

enum class ServiceResult : std::uint8_t {
    success,
    resources,
    protocol,
    timeout,
    exit_code,
    signal,
    core_dump,
    watchdog,
    start_limit_hit,
    exec_condition,
};
constexpr auto enum_names(ServiceResult) {
    return names_up_to<ServiceResult::exec_condition>(
        "success", "resources", "protocol", "timeout", "exit-code", "signal", "core-dump",
        "watchdog", "start-limit-hit", "exec-condition");
}

/// How the main process ended; as in waitid(2); exec_failed if the program could not be executed,
/// unknown if it was not our child.
enum class ExitKind : std::uint8_t { none, exited, killed, dumped, exec_failed, unknown };
constexpr auto enum_names(ExitKind) {
    return names_up_to<ExitKind::unknown>("", "exited", "killed", "dumped", "exec-failed",
                                          "unknown");
}

/// The two modes; see docs/explanation.md.
enum class Mode : std::uint8_t { daemon, foreground };
constexpr auto enum_names(Mode) {
    return names_up_to<Mode::foreground>("daemon", "foreground");
}

/// `[launcher] mode`.
enum class ModeChoice : std::uint8_t { automatic, daemon, foreground };
constexpr auto enum_names(ModeChoice) {
    return names_up_to<ModeChoice::foreground>("auto", "daemon", "foreground");
}

/// The systemd manager that started us.
enum class Manager : std::uint8_t { none, system, user };
constexpr auto enum_names(Manager) {
    return names_up_to<Manager::user>("", "system", "user");
}

/// Where one of the service's standard streams goes: `log` to the file of [log], from `file` on to
/// a file.
enum class OutputKind : std::uint8_t {
    automatic,
    null,
    inherit,
    journal,
    syslog,
    kmsg,
    tty,
    log,
    file,
    append,
    truncate
};
constexpr auto enum_names(OutputKind) {
    return names_up_to<OutputKind::truncate>("", "null", "inherit", "journal", "syslog", "kmsg",
                                             "tty", "log", "file", "append", "truncate");
}

/// Whether a launcher stays with the service.
enum class Supervise : std::uint8_t { automatic, always, never };
constexpr auto enum_names(Supervise) {
    return names_up_to<Supervise::never>("auto", "always", "never");
}

/// Where the service's standard input comes from.
enum class InputKind : std::uint8_t { automatic, null, inherit, tty, tty_force, tty_fail, file };
constexpr auto enum_names(InputKind) {
    return names_up_to<InputKind::file>("", "null", "inherit", "tty", "tty-force", "tty-fail",
                                        "file");
}

/// A start is in progress: readiness has not been announced.
constexpr bool is_starting(ServiceState state) {
    return state >= ServiceState::condition && state <= ServiceState::start_post;
}

constexpr bool is_reloading(ServiceState state) {
    return state >= ServiceState::reload && state <= ServiceState::reload_notify;
}

/// A stop is in progress.
constexpr bool is_stopping(ServiceState state) {
    return state >= ServiceState::drain && state <= ServiceState::final_sigkill;
}

/// True if processes of the service may be alive.
constexpr bool is_active(ServiceState state) {
    return state != ServiceState::dead && state != ServiceState::failed;
}

} // namespace amphid
