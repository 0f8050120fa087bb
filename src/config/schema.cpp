// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/schema.h"

namespace amphid {

namespace {

using enum Applies;

constexpr Key<UnitTable> unit_keys[] = {
    {"description", &UnitTable::description, "Description", unit,
     "What the service is, in a few words; for status and logs."},
    {"documentation", &UnitTable::documentation, "Documentation", unit,
     "Where more is written about it."},
    {"after", &UnitTable::after, "After", unit,
     "Units that are started before this one where both are."},
    {"before", &UnitTable::before, "Before", unit,
     "Units that are started after this one where both are."},
    {"wants", &UnitTable::wants, "Wants", unit,
     "Units that are started along with it, whether they succeed or not."},
    {"requires", &UnitTable::requires_, "Requires", unit,
     "Units without which it is not started, and with which it is stopped."},
};

constexpr Key<InstallTable> install_keys[] = {
    {"wanted-by", &InstallTable::wanted_by, "WantedBy", unit,
     "Units that start this service along with themselves: \"multi-user.target\" is at boot."},
    {"required-by", &InstallTable::required_by, "RequiredBy", unit,
     "Units that cannot be without this service."},
    {"alias", &InstallTable::alias, "Alias", unit, "Further names of its unit."},
    {"replace", &InstallTable::replace, "", amphid,
     "Whether its generated unit may stand in for a unit file of the same name that a package has "
     "installed; one in /etc or /run still goes before."},
};

constexpr Key<LauncherTable> launcher_keys[] = {
    {"name", &LauncherTable::name, "", amphid,
     "The service's name, by default the stem of the file's name."},
    {"mode", &LauncherTable::mode, "", amphid,
     "How `amphid start` runs it: auto finds out, daemon and foreground insist."},
    {"pid-file", &LauncherTable::pid_file, "", amphid,
     "Where the launcher's PID is written, by default `pid` in the runtime directory."},
    {"service-pid-file", &LauncherTable::service_pid_file, "", amphid,
     "Where the PID of the service's main process is written."},
    {"runtime-directory", &LauncherTable::runtime_directory, "", amphid,
     "Where lock, state and sockets live, by default /run/amphid/NAME or "
     "$XDG_RUNTIME_DIR/amphid/NAME."},
};

constexpr Key<ServiceTable> service_keys[] = {
    {"type", &ServiceTable::type, "Type", amphid,
     "When the service counts as started: simple once it was forked, exec once its program runs, "
     "notify and notify-reload once it sent READY=1, forking once exec-start has ended and left a "
     "daemon behind, oneshot once exec-start has ended."},
    {"remain-after-exit", &ServiceTable::remain_after_exit, "RemainAfterExit", amphid,
     "The service counts as running also when all of its processes have ended well."},
    {"pid-file", &ServiceTable::pid_file, "PIDFile", amphid,
     "Type forking: the file into which the service writes the PID of its main process; believed "
     "only of a process of this service."},
    {"exec-condition", &ServiceTable::exec_condition, "ExecCondition", amphid,
     "Commands that decide before the start: an exit code of 1 to 254 skips it."},
    {"exec-start-pre", &ServiceTable::exec_start_pre, "ExecStartPre", amphid,
     "Commands before the start; one that fails makes the start fail."},
    {"exec-start", &ServiceTable::exec_start, "ExecStart", amphid,
     "The command to run: an array of strings, or one string that is split as systemd does."},
    {"exec-start-post", &ServiceTable::exec_start_post, "ExecStartPost", amphid,
     "Commands after the start, before the service counts as ready."},
    {"exec-reload", &ServiceTable::exec_reload, "ExecReload", amphid,
     "Commands that make the service reload its configuration, in place of reload-signal."},
    {"exec-stop", &ServiceTable::exec_stop, "ExecStop", amphid,
     "Commands that stop the service; what is left afterwards gets kill-signal."},
    {"exec-stop-post", &ServiceTable::exec_stop_post, "ExecStopPost", amphid,
     "Commands after the service has stopped, also after a start that failed."},
    {"restart", &ServiceTable::restart, "Restart", unit,
     "After which ends the service is started again."},
    {"restart-sec", &ServiceTable::restart_sec, "RestartSec", unit,
     "How long to wait before it is started again."},
    {"restart-steps", &ServiceTable::restart_steps, "RestartSteps", unit,
     "In how many restarts the delay grows from restart-sec to restart-max-delay-sec; 0: it does "
     "not."},
    {"restart-max-delay-sec", &ServiceTable::restart_max_delay_sec, "RestartMaxDelaySec", unit,
     "The longest delay that restart-steps leads to; a service that was up for longer begins with "
     "restart-sec again."},
    {"start-limit-burst", &ServiceTable::start_limit_burst, "StartLimitBurst", unit,
     "How many starts the start limit's interval takes; 0 switches the limit off."},
    {"start-limit-interval-sec", &ServiceTable::start_limit_interval_sec, "StartLimitIntervalSec",
     unit, "The interval of the start limit; 0 switches the limit off."},
    {"success-exit-status", &ServiceTable::success_exit_status, "SuccessExitStatus", both,
     "Exit codes and signals that count as success besides 0, SIGHUP, SIGINT, SIGTERM and "
     "SIGPIPE."},
    {"restart-prevent-exit-status", &ServiceTable::restart_prevent_exit_status,
     "RestartPreventExitStatus", unit,
     "Exit codes and signals of the main process after which it is not started again, whatever "
     "restart says."},
    {"restart-force-exit-status", &ServiceTable::restart_force_exit_status,
     "RestartForceExitStatus", unit,
     "Exit codes and signals of the main process after which it is started again, whatever restart "
     "says."},
    {"timeout-start-sec", &ServiceTable::timeout_start_sec, "TimeoutStartSec", both,
     "How long each step of a start may take; by default 1min 30s, and infinity for type "
     "oneshot."},
    {"timeout-stop-sec", &ServiceTable::timeout_stop_sec, "TimeoutStopSec", both,
     "How long exec-stop may take, and how long to wait between kill-signal and "
     "final-kill-signal."},
    {"kill-mode", &ServiceTable::kill_mode, "KillMode", amphid,
     "Whom a stop ends: control-group everybody, mixed the main process and then at once the rest, "
     "process the main process only, none nobody."},
    {"kill-signal", &ServiceTable::kill_signal, "KillSignal", amphid,
     "The signal that stops the service."},
    {"restart-kill-signal", &ServiceTable::restart_kill_signal, "RestartKillSignal", amphid,
     "The signal that stops the service where `restart` asks for it; by default kill-signal."},
    {"final-kill-signal", &ServiceTable::final_kill_signal, "FinalKillSignal", amphid,
     "The signal for what has not stopped in time."},
    {"send-sigkill", &ServiceTable::send_sigkill, "SendSIGKILL", amphid,
     "Whether final-kill-signal is sent at all; without it the rest is left running and named."},
    {"send-sighup", &ServiceTable::send_sighup, "SendSIGHUP", amphid,
     "Whether SIGHUP follows kill-signal at once, for shells."},
    {"reload-signal", &ServiceTable::reload_signal, "ReloadSignal", amphid,
     "The signal that makes the service reload its configuration."},
    {"notify-access", &ServiceTable::notify_access, "NotifyAccess", amphid,
     "Whose notifications are believed: none, main the main process, exec also the hooks, all of "
     "the service; by default main for type notify and notify-reload, else none."},
    {"working-directory", &ServiceTable::working_directory, "WorkingDirectory", amphid,
     "Where the service starts, by default / for a daemon and the current directory in the "
     "foreground."},
    {"umask", &ServiceTable::umask, "UMask", amphid,
     "The service's file mode creation mask, in octal."},
    {"environment", &ServiceTable::environment, "Environment", amphid,
     "Variables for the service: a list of \"NAME=value\", or a table."},
    {"standard-output", &ServiceTable::standard_output, "StandardOutput", amphid,
     "Where the service's output goes: null, inherit, file:PATH, append:PATH, truncate:PATH; by "
     "default null for a daemon, inherited in the foreground."},
    {"standard-error", &ServiceTable::standard_error, "StandardError", amphid,
     "Where the service's errors go, as standard-output; a daemon's default keeps the last words "
     "for the message of a failed start."},
};

} // namespace

std::span<const Key<UnitTable>> keys_of(const UnitTable&) {
    return unit_keys;
}
std::span<const Key<InstallTable>> keys_of(const InstallTable&) {
    return install_keys;
}
std::span<const Key<LauncherTable>> keys_of(const LauncherTable&) {
    return launcher_keys;
}
std::span<const Key<ServiceTable>> keys_of(const ServiceTable&) {
    return service_keys;
}

} // namespace amphid
