// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/schema.h"

namespace amphid {

namespace {

using enum Applies;

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
     "daemon behind, oneshot once exec-start has ended; idle is simple."},
    {"remain-after-exit", &ServiceTable::remain_after_exit, "RemainAfterExit", amphid,
     "The service counts as running also when all of its processes have ended well."},
    {"pid-file", &ServiceTable::pid_file, "PIDFile", amphid,
     "The file into which the service writes the PID of its main process; type forking reads it, "
     "and believes it only of a process of this service."},
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
    {"runtime-max-sec", &ServiceTable::runtime_max_sec, "RuntimeMaxSec", unit,
     "How long the service may be running; then it is stopped, with the result timeout."},
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
     "The signal that makes the service reload its configuration; by default SIGHUP for type "
     "notify-reload, else none: without it and exec-reload a reload is refused."},
    {"notify-access", &ServiceTable::notify_access, "NotifyAccess", amphid,
     "Whose notifications are believed: none, main the main process, exec also the hooks, all of "
     "the service; by default main for type notify and notify-reload, else none."},
    {"watchdog-sec", &ServiceTable::watchdog_sec, "WatchdogSec", both,
     "The service has to send WATCHDOG=1 that often; 0 and infinity switch this off."},
    {"watchdog-signal", &ServiceTable::watchdog_signal, "WatchdogSignal", amphid,
     "The signal for a service that the watchdog found silent, or [health] ill."},
    {"timeout-abort-sec", &ServiceTable::timeout_abort_sec, "TimeoutAbortSec", both,
     "How long to wait after watchdog-signal, by default as timeout-stop-sec."},
    {"file-descriptor-store-max", &ServiceTable::file_descriptor_store_max,
     "FileDescriptorStoreMax", both,
     "How many descriptors the service may store (FDSTORE=1) for its next start."},
    {"file-descriptor-store-preserve", &ServiceTable::file_descriptor_store_preserve,
     "FileDescriptorStorePreserve", both,
     "How long stored descriptors are kept: over restarts, after a stop too (yes: only systemd "
     "can), or not."},
    {"working-directory", &ServiceTable::working_directory, "WorkingDirectory", amphid,
     "Where the service starts, by default / for a daemon and the current directory in the "
     "foreground; \"~\" is the user's home, \"-\" before it lets it be missing."},
    {"umask", &ServiceTable::umask, "UMask", amphid,
     "The service's file mode creation mask, in octal."},
    {"environment", &ServiceTable::environment, "Environment", amphid,
     "Variables for the service: a list of \"NAME=value\", or a table."},
    {"user", &ServiceTable::user, "User", amphid,
     "The user that the service runs as, by name or number, with its groups."},
    {"group", &ServiceTable::group, "Group", amphid,
     "The group that the service runs as, by default the user's own."},
    {"supplementary-groups", &ServiceTable::supplementary_groups, "SupplementaryGroups", amphid,
     "Groups besides those that the user is in."},
    {"capability-bounding-set", &ServiceTable::capability_bounding_set, "CapabilityBoundingSet",
     amphid, "The capabilities that the service can ever have; behind \"~\" those that it cannot."},
    {"ambient-capabilities", &ServiceTable::ambient_capabilities, "AmbientCapabilities", amphid,
     "The capabilities that the service has though it does not run as root."},
    {"secure-bits", &ServiceTable::secure_bits, "SecureBits", amphid,
     "How the kernel treats root in the service: noroot, no-setuid-fixup, keep-caps and their "
     "-locked."},
    {"no-new-privileges", &ServiceTable::no_new_privileges, "NoNewPrivileges", amphid,
     "No program that the service executes gains privileges, whatever its file's mode."},
    {"ignore-sigpipe", &ServiceTable::ignore_sigpipe, "IgnoreSIGPIPE", amphid,
     "Whether the service ignores SIGPIPE: a broken pipe is then an error of its write(2)."},
    {"root-directory", &ServiceTable::root_directory, "RootDirectory", amphid,
     "The service's root directory (chroot); its program is looked for in there."},
    // In a unit a limit is the launcher's as well: not those that it would run into itself.
    {"limit-cpu", &ServiceTable::limit_cpu, "LimitCPU", amphid, "Seconds of CPU time."},
    {"limit-fsize", &ServiceTable::limit_fsize, "LimitFSIZE", amphid,
     "The size of a file that it writes."},
    {"limit-data", &ServiceTable::limit_data, "LimitDATA", amphid, "The size of its data segment."},
    {"limit-stack", &ServiceTable::limit_stack, "LimitSTACK", amphid, "The size of a stack."},
    {"limit-core", &ServiceTable::limit_core, "LimitCORE", both, "The size of a core file."},
    {"limit-rss", &ServiceTable::limit_rss, "LimitRSS", both,
     "The resident set, which Linux does not enforce."},
    {"limit-nofile", &ServiceTable::limit_nofile, "LimitNOFILE", both, "The number of open files."},
    {"limit-as", &ServiceTable::limit_as, "LimitAS", amphid, "The size of its address space."},
    {"limit-nproc", &ServiceTable::limit_nproc, "LimitNPROC", both,
     "The number of processes of its user."},
    {"limit-memlock", &ServiceTable::limit_memlock, "LimitMEMLOCK", both,
     "Memory that it may lock."},
    {"limit-locks", &ServiceTable::limit_locks, "LimitLOCKS", both, "The number of file locks."},
    {"limit-sigpending", &ServiceTable::limit_sigpending, "LimitSIGPENDING", both,
     "The number of queued signals of its user."},
    {"limit-msgqueue", &ServiceTable::limit_msgqueue, "LimitMSGQUEUE", both,
     "The size of POSIX message queues of its user."},
    {"limit-nice", &ServiceTable::limit_nice, "LimitNICE", both,
     "The nice level that it may raise itself to, as -20 to 19 with a sign or 1 to 40 without."},
    {"limit-rtprio", &ServiceTable::limit_rtprio, "LimitRTPRIO", both,
     "The real-time priority that it may give itself."},
    {"limit-rttime", &ServiceTable::limit_rttime, "LimitRTTIME", both,
     "CPU time under real-time scheduling without a system call that blocks."},
    {"nice", &ServiceTable::nice, "Nice", both, "The nice level, from -20 (first) to 19."},
    {"oom-score-adjust", &ServiceTable::oom_score_adjust, "OOMScoreAdjust", both,
     "How gladly the kernel ends the service where memory is short, from -1000 (never) to 1000."},
    {"cpu-affinity", &ServiceTable::cpu_affinity, "CPUAffinity", both,
     "The CPUs that the service may run on."},
    {"cpu-scheduling-policy", &ServiceTable::cpu_scheduling_policy, "CPUSchedulingPolicy", both,
     "The scheduling policy of sched(7)."},
    {"cpu-scheduling-priority", &ServiceTable::cpu_scheduling_priority, "CPUSchedulingPriority",
     both, "The priority among real-time processes, for the policies fifo and rr."},
    {"cpu-scheduling-reset-on-fork", &ServiceTable::cpu_scheduling_reset_on_fork,
     "CPUSchedulingResetOnFork", both, "Children of the service are scheduled normally again."},
    {"io-scheduling-class", &ServiceTable::io_scheduling_class, "IOSchedulingClass", both,
     "The I/O scheduling class of ioprio_set(2)."},
    {"io-scheduling-priority", &ServiceTable::io_scheduling_priority, "IOSchedulingPriority", both,
     "The priority within the I/O scheduling class, from 0 (first) to 7."},
    {"timer-slack-nsec", &ServiceTable::timer_slack_nsec, "TimerSlackNSec", both,
     "How late the kernel may wake the service's timers."},
    {"environment-file", &ServiceTable::environment_file, "EnvironmentFile", amphid,
     "Files with variables, read at each start; they stand above environment. A path may have "
     "wildcards; one that begins with \"-\" may be missing."},
    {"pass-environment", &ServiceTable::pass_environment, "PassEnvironment", amphid,
     "Variables of whoever starts a daemon that it is given, too."},
    {"unset-environment", &ServiceTable::unset_environment, "UnsetEnvironment", amphid,
     "Variables, or assignments NAME=value, that are taken away in the end."},
    {"runtime-directory", &ServiceTable::runtime_directory, "RuntimeDirectory", both,
     "Directories below /run that are made for the service, removed when the service has stopped."},
    {"runtime-directory-mode", &ServiceTable::runtime_directory_mode, "RuntimeDirectoryMode", both,
     "The permission bits of runtime-directory."},
    {"runtime-directory-preserve", &ServiceTable::runtime_directory_preserve,
     "RuntimeDirectoryPreserve", both,
     "Whether runtime-directory stays when the service has stopped, or over restarts."},
    {"state-directory", &ServiceTable::state_directory, "StateDirectory", both,
     "Directories below /var/lib that are made for the service, for what it keeps."},
    {"state-directory-mode", &ServiceTable::state_directory_mode, "StateDirectoryMode", both,
     "The permission bits of state-directory."},
    {"cache-directory", &ServiceTable::cache_directory, "CacheDirectory", both,
     "Directories below /var/cache that are made for the service, for what it can make again."},
    {"cache-directory-mode", &ServiceTable::cache_directory_mode, "CacheDirectoryMode", both,
     "The permission bits of cache-directory."},
    {"logs-directory", &ServiceTable::logs_directory, "LogsDirectory", both,
     "Directories below /var/log that are made for the service, for its logs."},
    {"logs-directory-mode", &ServiceTable::logs_directory_mode, "LogsDirectoryMode", both,
     "The permission bits of logs-directory."},
    {"configuration-directory", &ServiceTable::configuration_directory, "ConfigurationDirectory",
     both, "Directories below /etc that are made for the service, which stay their owner's."},
    {"configuration-directory-mode", &ServiceTable::configuration_directory_mode,
     "ConfigurationDirectoryMode", both, "The permission bits of configuration-directory."},
    {"standard-input", &ServiceTable::standard_input, "StandardInput", amphid,
     "Where the service's input comes from: null, file:PATH, or a terminal, which is then its own: "
     "tty and tty-fail fail where it is another's, tty-force takes it."},
    {"tty-path", &ServiceTable::tty_path, "TTYPath", amphid,
     "The terminal of the kinds tty, tty-force and tty-fail."},
    {"standard-output", &ServiceTable::standard_output, "StandardOutput", amphid,
     "Where the service's output goes: null, inherit, journal, syslog, kmsg (each of these three "
     "also with +console), tty, file:PATH, append:PATH, truncate:PATH; by default inherited in the "
     "foreground, for a daemon journal "
     "where journald runs, else null."},
    {"standard-error", &ServiceTable::standard_error, "StandardError", amphid,
     "Where the service's errors go, as standard-output; a daemon's default keeps the last words "
     "for the message of a failed start."},
    {"syslog-identifier", &ServiceTable::syslog_identifier, "SyslogIdentifier", amphid,
     "The name before each line in the journal, by default the program's; under systemd the "
     "unit's SyslogIdentifier=, which generated units set to the service's name."},
};

constexpr Key<ReadyTable> ready_keys[] = {
    {"listen", &ReadyTable::listen, "", amphid,
     "Ready once a process of this service holds the listening socket; nobody connects to it."},
    {"connect", &ReadyTable::connect, "", amphid, "Ready once a connection succeeds."},
    {"http", &ReadyTable::http, "", amphid,
     "Ready once the server answers with the expected status."},
    {"file", &ReadyTable::file, "", amphid, "Ready once the file exists."},
    {"command", &ReadyTable::command, "", amphid, "Ready once this program exits with 0."},
    {"log", &ReadyTable::log, "", amphid,
     "Ready once a line of the service's output matches; its output then passes through amphid."},
    {"fd", &ReadyTable::fd, "", amphid,
     "Ready once the service writes a newline to this descriptor, as s6's notification-fd."},
    {"delay-sec", &ReadyTable::delay_sec, "", amphid,
     "Ready once the service has lived that long."},
    {"match", &ReadyTable::match, "", amphid, "Whether all of these have to hold, or any."},
    {"interval-sec", &ReadyTable::interval_sec, "", amphid,
     "The longest pause between two looks at what the kernel has no event for."},
};

constexpr Key<HealthTable> health_keys[] = {
    {"command", &HealthTable::command, "", amphid, "Healthy while this program exits with 0."},
    {"http", &HealthTable::http, "", amphid,
     "Healthy while the server answers with the expected status."},
    {"connect", &HealthTable::connect, "", amphid, "Healthy while a connection succeeds."},
    {"listen", &HealthTable::listen, "", amphid,
     "Healthy while a process of this service holds the listening socket."},
    {"interval-sec", &HealthTable::interval_sec, "", amphid,
     "The time between two rounds of checks."},
    {"timeout-sec", &HealthTable::timeout_sec, "", amphid, "How long a check may take."},
    {"failures", &HealthTable::failures, "", amphid,
     "How many failed rounds in a row make the service ill: it then gets watchdog-signal, with the "
     "result watchdog."},
};

constexpr Key<LogTable> log_keys[] = {
    {"file", &LogTable::file, "", amphid,
     "A file for the output that standard-output and standard-error send nowhere else. It is "
     "rotated at the end of a line; older files have the time of their end behind the name."},
    {"max-size", &LogTable::max_size, "", amphid,
     "The size at which the file is rotated; infinity for none."},
    {"max-age", &LogTable::max_age, "", amphid,
     "The period of UTC after which the next line begins a new file: \"1d\" for each day, \"1h\" "
     "for each hour."},
    {"keep", &LogTable::keep, "", amphid, "How many older files are kept."},
    {"timestamps", &LogTable::timestamps, "", amphid,
     "What stands before each line: nothing, the time (RFC 3339, UTC), or the seconds since the "
     "machine was booted."},
    {"mode", &LogTable::mode, "", amphid, "The permission bits of new files, in octal."},
};

} // namespace

std::span<const Key<InstallTable>> keys_of(const InstallTable&) {
    return install_keys;
}
std::span<const Key<LauncherTable>> keys_of(const LauncherTable&) {
    return launcher_keys;
}
std::span<const Key<ServiceTable>> keys_of(const ServiceTable&) {
    return service_keys;
}
std::span<const Key<ReadyTable>> keys_of(const ReadyTable&) {
    return ready_keys;
}
std::span<const Key<HealthTable>> keys_of(const HealthTable&) {
    return health_keys;
}
std::span<const Key<LogTable>> keys_of(const LogTable&) {
    return log_keys;
}

} // namespace amphid
