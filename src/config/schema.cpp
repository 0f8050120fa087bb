// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/schema.h"

#include "config/packed_keys.h"
#include "config/sandbox_keys.h"

namespace amphid {

namespace {

using enum Applies;

constexpr Key<ServiceTable> service_keys[] = {
    {"type", &ServiceTable::type, "Type", amphid,
     "When the service counts as started: simple and idle once it has been forked, exec once its "
     "program has been executed, notify and notify-reload once it has sent READY=1, forking once "
     "exec-start has exited and left a daemon behind, oneshot once exec-start has exited.",
     R"("notify")"},
    {"exec-condition", &ServiceTable::exec_condition, "ExecCondition", amphid,
     "Commands to run before exec-start-pre. An exit code from 1 to 254 skips the start.",
     R"("/usr/bin/test -e /etc/web.conf")"},
    {"exec-start-pre", &ServiceTable::exec_start_pre, "ExecStartPre", amphid,
     "Commands to run before exec-start. If one fails, the start fails.",
     R"("/usr/bin/web --check-config")"},
    {"exec-start", &ServiceTable::exec_start, "ExecStart", amphid,
     "The command to run: an array of strings, or one string that is split the way systemd does.",
     R"(["/usr/bin/web", "--port", "8080"])"},
    {"exec-start-post", &ServiceTable::exec_start_post, "ExecStartPost", amphid,
     "Commands to run after exec-start, before the service counts as ready.",
     R"("/usr/bin/web --warm-up")"},
    {"exec-reload", &ServiceTable::exec_reload, "ExecReload", amphid,
     "Commands that make the service reload its configuration, instead of reload-signal.",
     R"("/usr/bin/web --reload")"},
    {"exec-stop", &ServiceTable::exec_stop, "ExecStop", amphid,
     "Commands that stop the service. Processes that remain get kill-signal.",
     R"("/usr/bin/web --shutdown")"},
    {"exec-stop-post", &ServiceTable::exec_stop_post, "ExecStopPost", amphid,
     "Commands to run after the service has stopped, even after a failed start.",
     R"("/usr/bin/rm -f /run/web.sock")"},
    {"on-success", &ServiceTable::on_success, "", amphid,
     "Commands to run once the service has ended successfully and is not restarted. They get "
     "systemd's MONITOR_* variables. Under systemd use OnSuccess= in [systemd.unit].",
     R"("/usr/bin/logger web has ended")"},
    {"on-failure", &ServiceTable::on_failure, "", amphid,
     "Commands to run once the service has failed and is not restarted any more. They get "
     "systemd's MONITOR_* variables. Under systemd use OnFailure= in [systemd.unit].",
     R"("/usr/bin/logger -p daemon.err web has failed")"},
    {"remain-after-exit", &ServiceTable::remain_after_exit, "RemainAfterExit", amphid,
     "Whether the service stays active after all its processes have exited successfully.",
     R"(true)"},
    {"pid-file", &ServiceTable::pid_file, "PIDFile", amphid,
     "The file in which a service of type forking writes the PID of its main process. The PID must "
     "be that of a process of this service.",
     R"("/run/web.pid")"},
    {"restart", &ServiceTable::restart, "Restart", unit,
     "When to restart the service after it has exited.", R"("on-failure")"},
    {"restart-sec", &ServiceTable::restart_sec, "RestartSec", unit,
     "How long to wait before a restart.", R"("2s")"},
    {"restart-steps", &ServiceTable::restart_steps, "RestartSteps", unit,
     "The number of restarts over which the delay grows from restart-sec to restart-max-delay-sec; "
     "0 keeps it constant.",
     R"(5)"},
    {"restart-max-delay-sec", &ServiceTable::restart_max_delay_sec, "RestartMaxDelaySec", unit,
     "The longest restart delay, reached after restart-steps restarts. Once the service has stayed "
     "up for longer than this, the delay starts at restart-sec again.",
     R"("1min")"},
    {"start-limit-burst", &ServiceTable::start_limit_burst, "StartLimitBurst", unit,
     "How many starts are allowed within start-limit-interval-sec; 0 disables the start limit.",
     R"(3)"},
    {"start-limit-interval-sec", &ServiceTable::start_limit_interval_sec, "StartLimitIntervalSec",
     unit, "The interval of the start limit; 0 disables it.", R"("1min")"},
    {"success-exit-status", &ServiceTable::success_exit_status, "SuccessExitStatus", both,
     "Exit codes and signals that count as success, in addition to 0, SIGHUP, SIGINT, SIGTERM and "
     "SIGPIPE.",
     R"([143, "SIGUSR1"])"},
    {"restart-prevent-exit-status", &ServiceTable::restart_prevent_exit_status,
     "RestartPreventExitStatus", unit,
     "Exit codes and signals of the main process that prevent a restart, regardless of restart.",
     R"([2, "SIGKILL"])"},
    {"restart-force-exit-status", &ServiceTable::restart_force_exit_status,
     "RestartForceExitStatus", unit,
     "Exit codes and signals of the main process that force a restart, regardless of restart.",
     R"(75)"},
    {"timeout-start-sec", &ServiceTable::timeout_start_sec, "TimeoutStartSec", both,
     "How long each step of a start may take; by default 1min 30s, or infinity for type oneshot.",
     R"("5min")"},
    {"drain-sec", &ServiceTable::drain_sec, "", amphid,
     "How long a stop waits before exec-stop or kill-signal while the service, no longer ready, "
     "goes on: time for load balancers to forget it. A second request ends the wait.",
     R"("5s")"},
    {"timeout-stop-sec", &ServiceTable::timeout_stop_sec, "TimeoutStopSec", both,
     "How long each exec-stop command may take, and how long to wait after kill-signal before "
     "sending final-kill-signal.",
     R"("20s")"},
    {"runtime-max-sec", &ServiceTable::runtime_max_sec, "RuntimeMaxSec", unit,
     "How long the service may run. After that it is stopped, with the result timeout.", R"("1d")"},
    {"kill-mode", &ServiceTable::kill_mode, "KillMode", amphid,
     "Which processes a stop kills: control-group all of them, mixed the main process first and "
     "then the rest, process only the main process, none no process at all.",
     R"("mixed")"},
    {"kill-signal", &ServiceTable::kill_signal, "KillSignal", amphid,
     "The signal that stops the service.", R"("SIGINT")"},
    {"restart-kill-signal", &ServiceTable::restart_kill_signal, "RestartKillSignal", amphid,
     "The signal that stops the service for a restart; by default kill-signal.", R"("SIGUSR2")"},
    {"final-kill-signal", &ServiceTable::final_kill_signal, "FinalKillSignal", amphid,
     "The signal for processes still running after timeout-stop-sec.", R"("SIGABRT")"},
    {"send-sigkill", &ServiceTable::send_sigkill, "SendSIGKILL", amphid,
     "Whether to send final-kill-signal. If not, processes that remain are left running and "
     "reported.",
     R"(false)"},
    {"send-sighup", &ServiceTable::send_sighup, "SendSIGHUP", amphid,
     "Whether to send SIGHUP right after kill-signal, for shells.", R"(true)"},
    {"reload-signal", &ServiceTable::reload_signal, "ReloadSignal", amphid,
     "The signal that makes the service reload its configuration; by default SIGHUP for type "
     "notify-reload, otherwise none. With neither this nor exec-reload, a reload is refused.",
     R"("SIGUSR1")"},
    {"ignore-sigpipe", &ServiceTable::ignore_sigpipe, "IgnoreSIGPIPE", amphid,
     "Whether the service ignores SIGPIPE, so that writing to a broken pipe fails with EPIPE.",
     R"(false)"},
    {"notify-access", &ServiceTable::notify_access, "NotifyAccess", amphid,
     "Which processes may send notifications: main only the main process, exec also the control "
     "processes, all every process of the service, none no process; by default main for types "
     "notify and notify-reload, otherwise none.",
     R"("all")"},
    {"watchdog-sec", &ServiceTable::watchdog_sec, "WatchdogSec", both,
     "The service must send WATCHDOG=1 within this interval; 0 and infinity disable the watchdog.",
     R"("30s")"},
    {"watchdog-signal", &ServiceTable::watchdog_signal, "WatchdogSignal", amphid,
     "The signal for a service that missed its watchdog deadline or failed its health checks.",
     R"("SIGKILL")"},
    {"timeout-abort-sec", &ServiceTable::timeout_abort_sec, "TimeoutAbortSec", both,
     "How long to wait after watchdog-signal; by default timeout-stop-sec.", R"("10s")"},
    {"file-descriptor-store-max", &ServiceTable::file_descriptor_store_max,
     "FileDescriptorStoreMax", both,
     "How many file descriptors the service may store with FDSTORE=1 and get back at its next "
     "start.",
     R"(16)"},
    {"file-descriptor-store-preserve", &ServiceTable::file_descriptor_store_preserve,
     "FileDescriptorStorePreserve", both,
     "How long to keep stored file descriptors: restart keeps them across restarts, yes also while "
     "the service is stopped (only under systemd), no discards them.",
     R"("no")"},
    {"working-directory", &ServiceTable::working_directory, "WorkingDirectory", amphid,
     "The working directory; by default / for a daemon, and the current directory in the "
     "foreground. \"~\" is the home directory of the user. With a leading \"-\" it may be "
     "missing.",
     R"("/srv/web")"},
    {"umask", &ServiceTable::umask, "UMask", amphid, "The file mode creation mask, in octal.",
     R"("0027")"},
    {"environment", &ServiceTable::environment, "Environment", amphid,
     "Environment variables for the service: a list of \"NAME=value\", or a table.",
     R"({ PORT = "8080" })"},
    {"environment-file", &ServiceTable::environment_file, "EnvironmentFile", amphid,
     "Files to read environment variables from, at each start. They take precedence over "
     "environment. Wildcards are allowed; with a leading \"-\" the file may be missing.",
     R"("-/etc/default/web")"},
    {"pass-environment", &ServiceTable::pass_environment, "PassEnvironment", amphid,
     "Environment variables that a daemon inherits from the starting command.",
     R"(["HTTP_PROXY"])"},
    {"unset-environment", &ServiceTable::unset_environment, "UnsetEnvironment", amphid,
     "Environment variables, or assignments NAME=value, that are removed last.", R"(["LANG"])"},
    {"user", &ServiceTable::user, "User", amphid,
     "The user to run the service as, by name or number. Its groups are set as well.",
     R"("www-data")"},
    {"group", &ServiceTable::group, "Group", amphid,
     "The group to run the service as; by default the primary group of the user.", R"("adm")"},
    {"supplementary-groups", &ServiceTable::supplementary_groups, "SupplementaryGroups", amphid,
     "Groups in addition to those of the user.", R"(["ssl-cert"])"},
    {"capability-bounding-set", &ServiceTable::capability_bounding_set, "CapabilityBoundingSet",
     amphid,
     "The capabilities that the service can ever acquire; with a leading \"~\", all but these.",
     R"(["CAP_NET_BIND_SERVICE"])"},
    {"ambient-capabilities", &ServiceTable::ambient_capabilities, "AmbientCapabilities", amphid,
     "The capabilities to give to a service that does not run as root.",
     R"(["CAP_NET_BIND_SERVICE"])"},
    {"secure-bits", &ServiceTable::secure_bits, "SecureBits", amphid,
     "How the kernel treats root in the service: noroot, no-setuid-fixup, keep-caps, and each with "
     "-locked.",
     R"(["noroot", "noroot-locked"])"},
    {"no-new-privileges", &ServiceTable::no_new_privileges, "NoNewPrivileges", amphid,
     "Whether to keep the service from gaining privileges through set-user-ID programs or file "
     "capabilities.",
     R"(true)"},
    {"root-directory", &ServiceTable::root_directory, "RootDirectory", amphid,
     "The root directory of the service (chroot). Programs are looked up inside it.",
     R"("/srv/jail")"},
    // In a unit a limit applies to the launcher, too, so those that would break it are left out.
    {"limit-cpu", &ServiceTable::limit_cpu, "LimitCPU", amphid, "CPU time.", R"("10min")"},
    {"limit-fsize", &ServiceTable::limit_fsize, "LimitFSIZE", amphid,
     "Size of the files that it creates.", R"("1G")"},
    {"limit-data", &ServiceTable::limit_data, "LimitDATA", amphid, "Size of the data segment.",
     R"("512M")"},
    {"limit-stack", &ServiceTable::limit_stack, "LimitSTACK", amphid, "Size of the stack.",
     R"("16M")"},
    {"limit-core", &ServiceTable::limit_core, "LimitCORE", both, "Size of core files.",
     R"("infinity")"},
    {"limit-rss", &ServiceTable::limit_rss, "LimitRSS", both,
     "Resident set size; Linux does not enforce it.", R"("1G")"},
    {"limit-nofile", &ServiceTable::limit_nofile, "LimitNOFILE", both, "Number of open files.",
     R"("1024:65536")"},
    {"limit-as", &ServiceTable::limit_as, "LimitAS", amphid, "Size of the address space.",
     R"("4G")"},
    {"limit-nproc", &ServiceTable::limit_nproc, "LimitNPROC", both,
     "Number of processes of the user.", R"(512)"},
    {"limit-memlock", &ServiceTable::limit_memlock, "LimitMEMLOCK", both, "Size of locked memory.",
     R"("64M")"},
    {"limit-locks", &ServiceTable::limit_locks, "LimitLOCKS", both, "Number of file locks.",
     R"(128)"},
    {"limit-sigpending", &ServiceTable::limit_sigpending, "LimitSIGPENDING", both,
     "Number of signals queued for the user.", R"(1024)"},
    {"limit-msgqueue", &ServiceTable::limit_msgqueue, "LimitMSGQUEUE", both,
     "Size of the POSIX message queues of the user.", R"("1M")"},
    {"limit-nice", &ServiceTable::limit_nice, "LimitNICE", both,
     "Highest priority the service may raise itself to: a nice level from -20 to 19 with a sign, "
     "or a limit from 1 to 40 without.",
     R"("-5")"},
    {"limit-rtprio", &ServiceTable::limit_rtprio, "LimitRTPRIO", both,
     "Highest real-time priority.", R"(50)"},
    {"limit-rttime", &ServiceTable::limit_rttime, "LimitRTTIME", both,
     "CPU time under real-time scheduling between two blocking system calls.", R"("200ms")"},
    {"nice", &ServiceTable::nice, "Nice", both,
     "The nice level, from -20 (highest priority) to 19.", R"(5)"},
    {"oom-score-adjust", &ServiceTable::oom_score_adjust, "OOMScoreAdjust", both,
     "OOM-kill preference, from -1000 (never kill it) to 1000 (kill it first).", R"(-500)"},
    {"cpu-affinity", &ServiceTable::cpu_affinity, "CPUAffinity", both,
     "The CPUs that the service may run on.", R"("0-3")"},
    {"cpu-scheduling-policy", &ServiceTable::cpu_scheduling_policy, "CPUSchedulingPolicy", both,
     "The CPU scheduling policy, see sched(7).", R"("fifo")"},
    {"cpu-scheduling-priority", &ServiceTable::cpu_scheduling_priority, "CPUSchedulingPriority",
     both, "The real-time priority, for the policies fifo and rr.", R"(10)"},
    {"cpu-scheduling-reset-on-fork", &ServiceTable::cpu_scheduling_reset_on_fork,
     "CPUSchedulingResetOnFork", both,
     "Whether child processes get the default policy and priority.", R"(true)"},
    {"io-scheduling-class", &ServiceTable::io_scheduling_class, "IOSchedulingClass", both,
     "The I/O scheduling class, see ioprio_set(2).", R"("idle")"},
    {"io-scheduling-priority", &ServiceTable::io_scheduling_priority, "IOSchedulingPriority", both,
     "The priority within the I/O scheduling class, from 0 (highest) to 7.", R"(2)"},
    {"timer-slack-nsec", &ServiceTable::timer_slack_nsec, "TimerSlackNSec", both,
     "How late the kernel may fire the timers of the service.", R"("1ms")"},
    {"runtime-directory", &ServiceTable::runtime_directory, "RuntimeDirectory", both,
     "Directories to create below /run for the service. They are removed when it stops.",
     R"("web")"},
    {"runtime-directory-mode", &ServiceTable::runtime_directory_mode, "RuntimeDirectoryMode", both,
     "The access mode of runtime-directory.", R"("0750")"},
    {"runtime-directory-preserve", &ServiceTable::runtime_directory_preserve,
     "RuntimeDirectoryPreserve", both,
     "Whether to keep runtime-directory when the service stops: yes always, restart only across "
     "restarts.",
     R"("restart")"},
    {"state-directory", &ServiceTable::state_directory, "StateDirectory", both,
     "Directories to create below /var/lib for the service, for persistent data.", R"("web")"},
    {"state-directory-mode", &ServiceTable::state_directory_mode, "StateDirectoryMode", both,
     "The access mode of state-directory.", R"("0700")"},
    {"cache-directory", &ServiceTable::cache_directory, "CacheDirectory", both,
     "Directories to create below /var/cache for the service, for data that it can recreate.",
     R"("web")"},
    {"cache-directory-mode", &ServiceTable::cache_directory_mode, "CacheDirectoryMode", both,
     "The access mode of cache-directory.", R"("0750")"},
    {"logs-directory", &ServiceTable::logs_directory, "LogsDirectory", both,
     "Directories to create below /var/log for the service.", R"("web")"},
    {"logs-directory-mode", &ServiceTable::logs_directory_mode, "LogsDirectoryMode", both,
     "The access mode of logs-directory.", R"("0750")"},
    {"configuration-directory", &ServiceTable::configuration_directory, "ConfigurationDirectory",
     both, "Directories to create below /etc for the service. They keep their owner.", R"("web")"},
    {"configuration-directory-mode", &ServiceTable::configuration_directory_mode,
     "ConfigurationDirectoryMode", both, "The access mode of configuration-directory.",
     R"("0750")"},
    {"standard-input", &ServiceTable::standard_input, "StandardInput", amphid,
     "What standard input is connected to: null, file:PATH, a terminal, or inherit for that of the "
     "launcher (hooks get none): the default in the foreground outside systemd. With tty and "
     "tty-fail a start fails if another process controls the terminal; tty-force takes it over.",
     R"("file:/etc/web/input")"},
    {"tty-path", &ServiceTable::tty_path, "TTYPath", amphid,
     "The terminal for tty, tty-force and tty-fail.", R"("/dev/tty1")"},
    {"standard-output", &ServiceTable::standard_output, "StandardOutput", amphid,
     "Where standard output goes: null, inherit, journal, syslog, kmsg (the last three also "
     "with +console), tty, file:PATH, append:PATH or truncate:PATH; by default inherit in the "
     "foreground, and for a daemon journal if journald runs, otherwise a bounded log file of "
     "its own.",
     R"("append:/var/log/web.log")"},
    {"standard-error", &ServiceTable::standard_error, "StandardError", amphid,
     "Where standard error goes, with the same values as standard-output. A daemon's default "
     "follows standard output; its end is kept, to be shown if the start fails.",
     R"("journal")"},
    {"syslog-identifier", &ServiceTable::syslog_identifier, "SyslogIdentifier", amphid,
     "The prefix of log lines in the journal and syslog; by default the name of the program. Under "
     "systemd, SyslogIdentifier= of the unit, which generated units set to the name of the "
     "service.",
     R"("web")"},
};

/// The keys that confine the service stand before its limits.
constexpr auto all_service_keys = [] {
    std::array<Key<ServiceTable>, std::size(service_keys) + std::size(sandbox_keys)> out{};
    std::size_t at = 0;
    for (const Key<ServiceTable>& key : service_keys) {
        if (key.name == "limit-cpu") {
            for (const Key<ServiceTable>& confining : sandbox_keys) {
                out[at++] = confining;
            }
        }
        out[at++] = key;
    }
    return out;
}();

} // namespace

KeyList<ServiceTable> keys_of(const ServiceTable&) {
    return PackedKeys<all_service_keys>::list();
}

} // namespace amphid
