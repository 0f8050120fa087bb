// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/diagnostic.h"
#include "base/time_span.h"
#include "plan/condition.h"
#include "plan/plan.h"
#include "plan/sandbox.h"
#include "plan/socket.h"
#include "plan/start_condition.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

// The values of a configuration file, one member per key. This is the only place with defaults; ""
// and an empty optional mean "not set".

/// An absolute path.
struct Path {
    std::string text;
    friend bool operator==(const Path&, const Path&) = default;
};

struct Signal {
    int number = 0;
    friend bool operator==(const Signal&, const Signal&) = default;
};

/// A table of signals: each is taken for another one, or for none (0).
struct SignalRewrites {
    std::vector<SignalRewrite> pairs;
    friend bool operator==(const SignalRewrites&, const SignalRewrites&) = default;
};

/// Permission bits, written in octal.
struct FileMode {
    mode_t bits = 0;
    friend bool operator==(const FileMode&, const FileMode&) = default;
};

/// A list of "NAME=value".
struct Assignments {
    Environment list;
    friend bool operator==(const Assignments&, const Assignments&) = default;
};

/// exec-start: one command, or, for type oneshot, several.
struct StartCommands {
    std::vector<Command> list;
    friend bool operator==(const StartCommands&, const StartCommands&) = default;
};

/// Hooks, run in sequence.
struct Commands {
    std::vector<Command> list;
    friend bool operator==(const Commands&, const Commands&) = default;
};

/// Names of systemd units with their suffix, as After= takes them.
struct UnitNames {
    std::vector<std::string> list;
    friend bool operator==(const UnitNames&, const UnitNames&) = default;
};

/// URIs, as Documentation= takes them.
struct Uris {
    std::vector<std::string> list;
    friend bool operator==(const Uris&, const Uris&) = default;
};

/// A key that takes one value or a list.
template <class T>
struct OneOrMore {
    std::vector<T> list;
    friend bool operator==(const OneOrMore&, const OneOrMore&) = default;
};

/// A POSIX extended regular expression.
struct Pattern {
    std::string text;
    friend bool operator==(const Pattern&, const Pattern&) = default;
};

/// A well-known name on D-Bus.
struct BusName {
    std::string text;
    friend bool operator==(const BusName&, const BusName&) = default;
};

struct UnitTable {
    std::string description;
    Uris documentation;
    UnitNames after;
    UnitNames before;
    UnitNames wants;
    UnitNames requires_;
    ConditionList condition_path_exists{ConditionKind::path_exists};
    ConditionList condition_path_exists_glob{ConditionKind::path_exists_glob};
    ConditionList condition_path_is_directory{ConditionKind::path_is_directory};
    ConditionList condition_path_is_symbolic_link{ConditionKind::path_is_symbolic_link};
    ConditionList condition_path_is_mount_point{ConditionKind::path_is_mount_point};
    ConditionList condition_path_is_read_write{ConditionKind::path_is_read_write};
    ConditionList condition_directory_not_empty{ConditionKind::directory_not_empty};
    ConditionList condition_file_not_empty{ConditionKind::file_not_empty};
    ConditionList condition_file_is_executable{ConditionKind::file_is_executable};
    ConditionList condition_virtualization{ConditionKind::virtualization};
    ConditionList condition_architecture{ConditionKind::architecture};
    ConditionList condition_host{ConditionKind::host};
    ConditionList condition_kernel_command_line{ConditionKind::kernel_command_line};
    ConditionList condition_kernel_version{ConditionKind::kernel_version};
    ConditionList condition_environment{ConditionKind::environment};
    ConditionList condition_capability{ConditionKind::capability};
    ConditionList condition_security{ConditionKind::security};
    ConditionList condition_ac_power{ConditionKind::ac_power};
    ConditionList condition_user{ConditionKind::user};
    ConditionList condition_group{ConditionKind::group};
    ConditionList condition_cpus{ConditionKind::cpus};
    ConditionList condition_memory{ConditionKind::memory};
    ConditionList condition_first_boot{ConditionKind::first_boot};
    ConditionList condition_needs_update{ConditionKind::needs_update};
    ConditionList condition_control_group_controller{ConditionKind::control_group_controller};
    ConditionList assert_path_exists{ConditionKind::path_exists};
    ConditionList assert_path_exists_glob{ConditionKind::path_exists_glob};
    ConditionList assert_path_is_directory{ConditionKind::path_is_directory};
    ConditionList assert_path_is_symbolic_link{ConditionKind::path_is_symbolic_link};
    ConditionList assert_path_is_mount_point{ConditionKind::path_is_mount_point};
    ConditionList assert_path_is_read_write{ConditionKind::path_is_read_write};
    ConditionList assert_directory_not_empty{ConditionKind::directory_not_empty};
    ConditionList assert_file_not_empty{ConditionKind::file_not_empty};
    ConditionList assert_file_is_executable{ConditionKind::file_is_executable};
    ConditionList assert_virtualization{ConditionKind::virtualization};
    ConditionList assert_architecture{ConditionKind::architecture};
    ConditionList assert_host{ConditionKind::host};
    ConditionList assert_kernel_command_line{ConditionKind::kernel_command_line};
    ConditionList assert_kernel_version{ConditionKind::kernel_version};
    ConditionList assert_environment{ConditionKind::environment};
    ConditionList assert_capability{ConditionKind::capability};
    ConditionList assert_security{ConditionKind::security};
    ConditionList assert_ac_power{ConditionKind::ac_power};
    ConditionList assert_user{ConditionKind::user};
    ConditionList assert_group{ConditionKind::group};
    ConditionList assert_cpus{ConditionKind::cpus};
    ConditionList assert_memory{ConditionKind::memory};
    ConditionList assert_first_boot{ConditionKind::first_boot};
    ConditionList assert_needs_update{ConditionKind::needs_update};
    ConditionList assert_control_group_controller{ConditionKind::control_group_controller};
};

struct InstallTable {
    UnitNames wanted_by;
    UnitNames required_by;
    UnitNames alias;
    bool replace = false;
};

struct LauncherTable {
    std::string name;
    ModeChoice mode = ModeChoice::automatic;
    Supervise supervise = Supervise::automatic;
    Path pid_file;
    Path service_pid_file;
    Path runtime_directory;
    SandboxChoice sandbox = SandboxChoice::refuse;
    SignalRewrites signals;
};

/// The keys that confine a service are the members of SandboxSettings.
struct ServiceTable : SandboxSettings {
    ServiceType type = ServiceType::exec;
    bool remain_after_exit = false;
    Path pid_file;
    Commands exec_condition;
    Commands exec_start_pre;
    StartCommands exec_start;
    Commands exec_start_post;
    Commands exec_reload;
    Commands exec_stop;
    Commands exec_stop_post;
    Commands on_success;
    Commands on_failure;
    Restart restart = Restart::no;
    TimeSpan restart_sec = milliseconds(100);
    unsigned restart_steps = 0;
    TimeSpan restart_max_delay_sec = TimeSpan::infinity();
    unsigned start_limit_burst = 5;
    TimeSpan start_limit_interval_sec = seconds(10);
    ExitStatusSet success_exit_status;
    ExitStatusSet restart_prevent_exit_status;
    ExitStatusSet restart_force_exit_status;
    /// Unset: 90 s, for type oneshot no limit.
    std::optional<TimeSpan> timeout_start_sec;
    TimeSpan timeout_stop_sec = seconds(90);
    TimeSpan drain_sec;
    TimeSpan runtime_max_sec = TimeSpan::infinity();
    KillMode kill_mode = KillMode::control_group;
    Signal kill_signal{SIGTERM};
    /// Unset: kill-signal.
    std::optional<Signal> restart_kill_signal;
    Signal final_kill_signal{SIGKILL};
    bool send_sigkill = true;
    bool send_sighup = false;
    /// Unset: SIGHUP for type notify-reload, otherwise none.
    std::optional<Signal> reload_signal;
    std::optional<NotifyAccess> notify_access;
    TimeSpan watchdog_sec;
    Signal watchdog_signal{SIGABRT};
    std::optional<TimeSpan> timeout_abort_sec;
    unsigned file_descriptor_store_max = 0;
    Preserve file_descriptor_store_preserve = Preserve::restart;
    WorkingDirectory working_directory;
    FileMode umask{0022};
    Assignments environment;
    Output standard_output;
    Output standard_error;

    // User, limits and environment: systemd.exec(5).
    Path root_directory;
    Account user;
    Account group;
    Names supplementary_groups;
    std::optional<CapabilitySet> capability_bounding_set;
    std::optional<CapabilitySet> ambient_capabilities;
    SecureBits secure_bits;
    bool no_new_privileges = false;
    bool ignore_sigpipe = true;
    LimitSetting limit_cpu{Resource::cpu, LimitUnit::seconds};
    LimitSetting limit_fsize{Resource::fsize, LimitUnit::bytes};
    LimitSetting limit_data{Resource::data, LimitUnit::bytes};
    LimitSetting limit_stack{Resource::stack, LimitUnit::bytes};
    LimitSetting limit_core{Resource::core, LimitUnit::bytes};
    LimitSetting limit_rss{Resource::rss, LimitUnit::bytes};
    LimitSetting limit_nofile{Resource::nofile, LimitUnit::count};
    LimitSetting limit_as{Resource::as, LimitUnit::bytes};
    LimitSetting limit_nproc{Resource::nproc, LimitUnit::count};
    LimitSetting limit_memlock{Resource::memlock, LimitUnit::bytes};
    LimitSetting limit_locks{Resource::locks, LimitUnit::count};
    LimitSetting limit_sigpending{Resource::sigpending, LimitUnit::count};
    LimitSetting limit_msgqueue{Resource::msgqueue, LimitUnit::bytes};
    LimitSetting limit_nice{Resource::nice, LimitUnit::nice};
    LimitSetting limit_rtprio{Resource::rtprio, LimitUnit::count};
    LimitSetting limit_rttime{Resource::rttime, LimitUnit::microseconds};
    Number nice{-20, 19};
    Number oom_score_adjust{-1000, 1000};
    std::optional<CpuSet> cpu_affinity;
    std::optional<CpuPolicy> cpu_scheduling_policy;
    Number cpu_scheduling_priority{1, 99};
    bool cpu_scheduling_reset_on_fork = false;
    std::optional<IoClass> io_scheduling_class;
    Number io_scheduling_priority{0, 7};
    std::optional<Nanoseconds> timer_slack_nsec;
    EnvironmentFiles environment_file;
    Names pass_environment;
    Names unset_environment;
    DirectoryNames runtime_directory;
    FileMode runtime_directory_mode{0755};
    Preserve runtime_directory_preserve = Preserve::no;
    DirectoryNames state_directory;
    FileMode state_directory_mode{0755};
    DirectoryNames cache_directory;
    FileMode cache_directory_mode{0755};
    DirectoryNames logs_directory;
    FileMode logs_directory_mode{0755};
    DirectoryNames configuration_directory;
    FileMode configuration_directory_mode{0755};
    Input standard_input;
    Path tty_path{"/dev/console"};
    std::string syslog_identifier;
};

/// One directive of [systemd.*]: several values are written as several lines.
struct Directive {
    std::string name;
    std::vector<std::string> values;
};

/// Directives copied unchanged into a generated unit, in the order of the file.
struct SystemdTable {
    std::vector<Directive> unit;
    std::vector<Directive> service;
    std::vector<Directive> install;
};

struct ReadyTable {
    OneOrMore<Endpoint> listen;
    OneOrMore<Endpoint> connect;
    OneOrMore<HttpCheck> http;
    OneOrMore<Path> file;
    BusName dbus;
    std::optional<Command> command;
    Pattern log;
    std::optional<unsigned> fd;
    TimeSpan delay_sec;
    Match match = Match::all;
    TimeSpan interval_sec = Readiness().interval;
};

/// A number of bytes.
struct ByteSize {
    std::uint64_t bytes = 0;
    friend bool operator==(const ByteSize&, const ByteSize&) = default;
};

struct LogTable {
    Path file;
    ByteSize max_size{LogSettings().max_size};
    TimeSpan max_age = LogSettings().max_age;
    unsigned keep = LogSettings().keep;
    LogTimestamps timestamps = LogSettings().timestamps;
    bool prefix = LogSettings().prefix;
    LogCompression compress = LogSettings().compress;
    std::string owner; // USER[:GROUP]
    FileMode mode{LogSettings().mode};
};

/// ip-tos: a number or one of systemd's names for it.
struct TypeOfService {
    std::optional<int> value;
    friend bool operator==(const TypeOfService&, const TypeOfService&) = default;
};

/// One [[socket]].
struct SocketTable {
    OneOrMore<SocketAddress> listen_stream;
    OneOrMore<SocketAddress> listen_datagram;
    OneOrMore<SocketAddress> listen_sequential_packet;
    OneOrMore<Path> listen_fifo;
    std::string file_descriptor_name;
    unsigned backlog = SocketSettings().backlog;
    FileMode socket_mode{SocketSettings().mode};
    Account socket_user;
    Account socket_group;
    FileMode directory_mode{SocketSettings().directory_mode};
    bool reuse_port = false;
    BindIpv6Only bind_ipv6_only = BindIpv6Only::by_default;
    bool free_bind = false;
    bool transparent = false;
    bool no_delay = false;
    bool keep_alive = false;
    TypeOfService ip_tos;
    ByteSize receive_buffer;
    ByteSize send_buffer;
    bool pass_credentials = false;
    bool remove_on_stop = false;
    OneOrMore<Path> symlinks;
};

struct HealthTable {
    std::optional<Command> command;
    OneOrMore<HttpCheck> http;
    OneOrMore<Endpoint> connect;
    OneOrMore<Endpoint> listen;
    TimeSpan interval_sec = Health().interval;
    TimeSpan timeout_sec = Health().timeout;
    unsigned failures = Health().failures;
};

struct Config {
    UnitTable unit;
    InstallTable install;
    LauncherTable launcher;
    ServiceTable service;
    SystemdTable systemd;
    ReadyTable ready;
    HealthTable health;
    LogTable log;
    std::vector<SocketTable> sockets;
    /// The position of each key that is set: "service.restart" → position of its value; for the
    /// second [[socket]], "socket[1].backlog".
    std::map<std::string, Position, std::less<>> origins;
    /// The files that Position::file is an index of: the configuration and its drop-ins, if known.
    std::vector<std::string> files;
    /// For an instance of a template, the part of the name after the "@"; otherwise empty.
    std::string instance;
};

struct ParsedConfig {
    Config config;
    std::vector<Diagnostic> diagnostics;
};

/// Parses a configuration file and reports all its mistakes at once. If one of them is an error,
/// the config must not be used.
ParsedConfig parse_config(std::string_view text);

/// Parses a configuration and its drop-ins, in order of precedence: a later value replaces an
/// earlier one, a list is appended to it. An empty list, or an empty string or list as its first
/// element, discards the earlier values. `instance`: the files belong to a template, and %i and %I
/// expand to it.
ParsedConfig parse_config(const std::vector<std::string_view>& texts,
                          const std::optional<std::string>& instance);

} // namespace amphid
