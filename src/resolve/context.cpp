// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/context.h"

#include "base/capability_name.h"
#include "base/text.h"
#include "config/schema.h"
#include "plan/call_filter.h"
#include "plan/directory_kind.h"

#include <algorithm>

namespace amphid {

namespace {

/// Falls back to the default if this host lacks the destination: no journald, or a kernel log that
/// only root may write to.
Output possible(const Output& asked, const Host& host) {
    const bool impossible = (asked.kind == OutputKind::journal && !host.journal_runs) ||
                            (asked.kind == OutputKind::kmsg && host.uid != 0);
    return impossible ? Output{} : asked;
}

/// Under systemd the label of an inherited stream is the unit's SyslogIdentifier=. If the file sets
/// a syslog-identifier, that one counts: a default that would inherit the journal's stream then
/// becomes a connection of the service's own.
void label_journal(const ServiceTable& service, const Host& host, Plan& plan) {
    ExecContext& context = plan.context;
    if (service.syslog_identifier.empty() || plan.detach || !host.journal_runs) {
        return;
    }
    const auto label = [](bool by_default, bool is_journal, Output& output) {
        if (by_default && is_journal && output.kind == OutputKind::inherit) {
            output.kind = OutputKind::journal;
        }
    };
    const bool error_too = service.standard_error.kind == OutputKind::automatic;
    label(service.standard_output.kind == OutputKind::automatic, host.output_is_journal,
          context.standard_output);
    label(error_too, host.error_is_journal, context.standard_error);
    // A single connection keeps the order of both streams.
    context.error_joins_output =
        context.error_joins_output || (context.standard_output.kind == OutputKind::journal &&
                                       context.standard_error == context.standard_output);
}

LogSettings log_of(const LogTable& table) {
    LogSettings out;
    out.path = table.file.text;
    out.max_size = table.max_size.bytes;
    out.max_age = table.max_age;
    out.keep = table.keep;
    out.timestamps = table.timestamps;
    out.prefix = table.prefix;
    out.compress = table.compress;
    out.mode = table.mode.bits;
    const auto colon = table.owner.find(':');
    out.user = table.owner.substr(0, colon);
    out.group = colon == std::string::npos ? "" : table.owner.substr(colon + 1);
    return out;
}

bool has_default_log(const Output& output, const LogTable& log, const Host& host) {
    return !host.journal_runs && log.file.text.empty() &&
           possible(output, host).kind == OutputKind::automatic;
}

/// Resolves StandardOutput= and StandardError= on top of our two defaults.
void resolve_streams(const ServiceTable& service, const LogTable& log, const Host& host,
                     Plan& plan) {
    ExecContext& context = plan.context;
    context.log = log_of(log);
    if (plan.detach && !plan.in_place && has_default_log(service.standard_output, log, host)) {
        context.log.path = default_log_path(plan.name, host);
        context.log.is_default = true;
    }
    const Output to_log{OutputKind::log, context.log.path};
    const bool logs = !context.log.path.empty();
    const OutputKind fallback = !plan.detach        ? OutputKind::inherit
                                : host.journal_runs ? OutputKind::journal
                                                    : OutputKind::null;
    const auto asked_for = [&](const Output& asked) {
        const Output out = possible(asked, host);
        return out.kind == OutputKind::automatic && logs ? to_log : out;
    };
    const Output output = asked_for(service.standard_output);
    const Output error = asked_for(service.standard_error);
    context.standard_output = output.kind == OutputKind::automatic ? Output{fallback, {}} : output;
    const bool asked =
        error.kind == OutputKind::inherit && context.standard_output.kind != OutputKind::inherit;
    const bool by_default = error.kind == OutputKind::automatic && output.kind >= OutputKind::file;
    const bool has_own_lines = error.kind == OutputKind::log && context.log.prefix;
    const bool same_file = error.kind >= OutputKind::log && error == output && !has_own_lines;
    const bool has_no_reader = plan.in_place && error.kind == OutputKind::automatic;
    context.error_joins_output = asked || by_default || same_file || (has_no_reader && plan.detach);
    context.standard_error = error;
    if (error.kind == OutputKind::automatic && !plan.detach) {
        context.standard_error.kind = OutputKind::inherit;
    }
    context.words_to_journal = host.journal_runs && plan.detach &&
                               context.standard_error.kind == OutputKind::automatic &&
                               !context.error_joins_output;
    label_journal(service, host, plan);
    context.standard_input = service.standard_input;
    if (context.standard_input.kind == InputKind::automatic) {
        const bool inherits = !plan.detach && plan.manager == Manager::none;
        context.standard_input.kind = inherits ? InputKind::inherit : InputKind::null;
    }
    context.tty_path = service.tty_path.text;
    context.syslog_identifier = service.syslog_identifier;
}

/// Variables meant for the launcher, not for the service.
bool is_for_us(std::string_view name) {
    constexpr std::string_view names[] = {"NOTIFY_SOCKET",  "SYSTEMD_EXEC_PID", "WATCHDOG_PID",
                                          "WATCHDOG_USEC",  "LISTEN_PID",       "LISTEN_FDS",
                                          "LISTEN_FDNAMES", "LISTEN_PIDFDID",   "MAINPID",
                                          "MAINPIDFDID",    "MAINPIDFD",        "FDSTORE"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool journal_stays(const ExecContext& context, const Host& host) {
    const bool output = context.standard_output.kind == OutputKind::inherit;
    const bool error =
        context.standard_error.kind == OutputKind::inherit && !context.error_joins_output;
    return (output && host.output_is_journal) || (error && host.error_is_journal);
}

Environment given_environment(const Plan& plan, const Host& host) {
    Environment out;
    for (const std::string& entry : host.environment) {
        const std::string_view name = std::string_view(entry).substr(0, entry.find('='));
        const bool replaced = name == "SYSTEMD_EXEC_PID" && plan.manager == Manager::none;
        if (is_for_us(name) && !replaced) {
            continue;
        }
        if (name == "JOURNAL_STREAM" && !journal_stays(plan.context, host)) {
            continue;
        }
        out.push_back(entry);
    }
    return out;
}

Environment clean_environment(const ServiceTable& service, const Host& host) {
    Environment out{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
    std::vector<std::string> passed{"LANG"};
    passed.insert(passed.end(), service.pass_environment.list.begin(),
                  service.pass_environment.list.end());
    for (const std::string& name : passed) {
        if (const auto value = variable(host, name)) {
            set_variable(out, name, *value);
        }
    }
    return out;
}

/// systemd.exec(5): TERM is set for a process on a terminal.
void set_terminal_type(const ExecContext& context, Environment& environment) {
    const auto is_tty = [](InputKind kind) {
        return kind >= InputKind::tty && kind <= InputKind::tty_fail;
    };
    if (!is_tty(context.standard_input.kind) && context.standard_output.kind != OutputKind::tty &&
        context.standard_error.kind != OutputKind::tty) {
        return;
    }
    constexpr std::string_view consoles = "/dev/tty";
    const std::string_view path = context.tty_path;
    const bool is_console =
        path == "/dev/console" || (path.starts_with(consoles) && path.size() > consoles.size() &&
                                   path[consoles.size()] >= '0' && path[consoles.size()] <= '9');
    set_variable(environment, "TERM", is_console ? "linux" : "vt220");
}

void resolve_environment(const ServiceTable& service, const Host& host, Plan& plan) {
    ExecContext& context = plan.context;
    context.environment =
        plan.detach ? clean_environment(service, host) : given_environment(plan, host);
    context.login_of_caller = plan.detach && host.uid != 0 && service.user.text.empty();
    set_terminal_type(context, context.environment);
    context.assignments = service.environment.list;
    context.environment_files = service.environment_file.list;
    context.unset_environment = service.unset_environment.list;
    context.keep_invocation_id = plan.manager != Manager::none;
}

void resolve_identity(const ServiceTable& service, ExecContext& context) {
    context.user = service.user;
    context.group = service.group;
    context.supplementary_groups = service.supplementary_groups.list;
    context.bounding_set = service.capability_bounding_set;
    context.ambient_set = service.ambient_capabilities;
    context.secure_bits = service.secure_bits.bits;
    context.no_new_privileges = service.no_new_privileges;
    context.ignore_sigpipe = service.ignore_sigpipe;
    context.root_directory = service.root_directory.text;
}

/// systemd.exec(5): filters need CAP_SYS_ADMIN or no_new_privs. A process of root's keeps the
/// capability until they are applied, whichever user it becomes.
void resolve_sandbox(const ServiceTable& service, const Host& host, ExecContext& context) {
    const auto has = [&](int capability) { return ((host.capabilities >> capability) & 1) != 0; };
    const bool is_filtered = !keys_with_filter(service).empty();
    const bool may_administer = has(*parse_capability("CAP_SYS_ADMIN"));
    Sandbox& sandbox = context.sandbox;
    sandbox.settings = service;
    sandbox.own_host_name = service.protect_hostname && may_administer;
    sandbox.keeps_rights = is_filtered && may_administer && !context.no_new_privileges;
    context.no_new_privileges = context.no_new_privileges || (is_filtered && !may_administer);
    const std::uint64_t taken = capabilities_taken_by(service);
    if (taken != 0 && has(*parse_capability("CAP_SETPCAP"))) { // the others gain none
        const std::uint64_t all = ~std::uint64_t{0};
        context.bounding_set =
            CapabilitySet{(context.bounding_set ? context.bounding_set->bits : all) & ~taken};
    }
    auto& priority = context.limits[static_cast<std::size_t>(Resource::rtprio)];
    if (service.restrict_realtime && !priority) {
        priority = Limit{0, 0};
    }
}

void resolve_resources(const ServiceTable& service, ExecContext& context) {
    for (const Key<ServiceTable>& key : keys_of(service)) {
        if (const auto* member = std::get_if<LimitSetting ServiceTable::*>(&key.member)) {
            const LimitSetting& setting = service.**member;
            context.limits[static_cast<std::size_t>(setting.resource)] = setting.value;
        }
    }
    context.scheduling = {service.nice.value,
                          service.oom_score_adjust.value,
                          service.cpu_affinity,
                          service.cpu_scheduling_policy,
                          service.cpu_scheduling_priority.value,
                          service.cpu_scheduling_reset_on_fork,
                          service.io_scheduling_class,
                          service.io_scheduling_priority.value,
                          service.timer_slack_nsec};
}

/// $NAME, or if it is not set the directory below $HOME; empty if neither is set.
std::string user_base(const Host& host, std::string_view name, std::string_view below_home) {
    const auto given = variable(host, name);
    if (given && given->starts_with('/')) {
        return std::string(*given);
    }
    const auto home = variable(host, "HOME");
    return home && home->starts_with('/') && !below_home.empty() ? concat(*home, '/', below_home)
                                                                 : std::string();
}

std::string base_of(DirectoryKind kind, const Host& host) {
    const DirectoryKindFacts& facts = facts_of(kind);
    if (manager_of_places(host) == Manager::system) {
        return std::string(facts.system_base);
    }
    const std::string base = user_base(host, facts.home_variable, facts.below_home);
    return base.empty() ? base : concat(base, facts.below_base);
}

struct DirectoryKeys {
    DirectoryKind kind;
    DirectoryNames ServiceTable::*names;
    FileMode ServiceTable::*mode;
};

constexpr DirectoryKeys directory_keys[] = {
    {DirectoryKind::runtime, &ServiceTable::runtime_directory,
     &ServiceTable::runtime_directory_mode},
    {DirectoryKind::state, &ServiceTable::state_directory, &ServiceTable::state_directory_mode},
    {DirectoryKind::cache, &ServiceTable::cache_directory, &ServiceTable::cache_directory_mode},
    {DirectoryKind::logs, &ServiceTable::logs_directory, &ServiceTable::logs_directory_mode},
    {DirectoryKind::configuration, &ServiceTable::configuration_directory,
     &ServiceTable::configuration_directory_mode}};

void resolve_directories(const ServiceTable& service, const Host& host, ExecContext& context) {
    for (const auto& [kind, names, mode] : directory_keys) {
        context.directories[static_cast<std::size_t>(kind)] = {
            base_of(kind, host), (service.*names).list, (service.*mode).bits};
    }
    context.preserve_runtime = service.runtime_directory_preserve;
}

} // namespace

void resolve_context(const ServiceTable& service, const LogTable& log, const Host& host,
                     Plan& plan) {
    ExecContext& context = plan.context;
    const WorkingDirectory& directory = service.working_directory;
    context.working_directory_is_home = directory.path == "~";
    context.working_directory_is_optional = directory.optional;
    context.working_directory = context.working_directory_is_home ? "" : directory.path;
    if (context.working_directory.empty() && plan.detach) {
        context.working_directory = "/";
    }
    context.umask = service.umask.bits;
    resolve_identity(service, context);
    resolve_resources(service, context);
    resolve_sandbox(service, host, context);
    resolve_directories(service, host, context);
    resolve_streams(service, log, host, plan);
    resolve_environment(service, host, plan);
    lower_to_what_can_be_had(context, host);
}

std::string default_log_path(const std::string& name, const Host& host) {
    if (manager_of_places(host) == Manager::system) {
        return concat("/var/log/amphid/", name, ".log");
    }
    const std::string base = user_base(host, "XDG_STATE_HOME", ".local/state");
    return base.empty() ? base : concat(base, "/amphid/", name, ".log");
}

} // namespace amphid
