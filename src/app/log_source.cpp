// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_source.h"

#include "app/console.h"
#include "app/log_reader.h"
#include "app/running_service.h"
#include "app/unit_facts.h"
#include "base/text.h"
#include "os/credentials.h"
#include "os/files.h"
#include "os/os_error.h"
#include "os/run_program.h"
#include "plan/unit_name.h"
#include "resolve/plan.h"
#include "supervisor/executor.h"

#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace amphid {

namespace {

/// The service as such a start would make it; of the system's, as root would.
Plan plan_of(const KnownService& service, Host host, bool of_system, Asked asked = Asked::daemon) {
    host.uid = of_system ? 0 : host.uid;
    return make_plan(*service.config, service.file, host,
                     decide_mode(host, asked, ModeChoice::automatic));
}

/// The file that its output goes to.
std::optional<LogSettings> file_of(const ExecContext& context) {
    if (context.standard_output.kind == OutputKind::log ||
        context.standard_error.kind == OutputKind::log) {
        return context.log;
    }
    const Output& output = context.standard_output;
    if (output.kind < OutputKind::file || output.path.starts_with("/dev/")) {
        return std::nullopt;
    }
    LogSettings out;
    out.path = output.path;
    return out;
}

std::vector<std::uint32_t> users_of(Plan plan, const Host& host, bool of_system) {
    std::vector<std::uint32_t> out{of_system ? 0 : host.uid};
    try {
        look_up_credentials(plan.context);
        if (const auto uid = plan.context.credentials.uid; uid && *uid != out.front()) {
            out.push_back(*uid);
        }
    } catch (const OsError& error) {
        if (error.error() != EPERM) {
            out.clear(); // nobody knows that user any more
        }
    }
    return out;
}

/// True if the last run was in the foreground and wrote to where `amphid run` was started: what is
/// kept is an earlier run's.
bool wrote_to_its_caller(const KnownService& service, const Host& host) {
    const Running running = glance_at(service.directory);
    if (!service.config || !running.found || running.found->state.mode != Mode::foreground ||
        !running.found->state.unit.empty()) {
        return false;
    }
    const ExecContext context =
        plan_of(service, host, running.found->owner == 0, Asked::foreground).context;
    return context.standard_output.kind == OutputKind::inherit &&
           context.standard_error.kind == OutputKind::inherit;
}

/// A plain user may read what the users of its own journal have written, and no more.
bool may_read_system_journal() {
    bool any = false;
    for (const std::string place : {"/var/log/journal", "/run/log/journal"}) {
        for (const std::string& machine : names_in(place)) {
            const std::string file = concat(place, '/', machine, "/system.journal");
            if (::access(file.c_str(), R_OK) == 0) {
                return true;
            }
            any = any || errno == EACCES;
        }
    }
    return !any;
}

[[noreturn]] void throw_not_kept(const KnownService& service, bool is_known, OutputKind kind) {
    const std::string_view why =
        !is_known                  ? "its configuration cannot be read, and journald is not running"
        : kind == OutputKind::null ? "standard-output is \"null\""
                                   : "journald is not running, and [log] has no file";
    throw Failure(ExitCode::failure, concat(service.name, ": its output is not kept: ", why));
}

} // namespace

LogSource log_source_of(const KnownService& service, const Host& host) {
    const Running running = glance_at(service.directory);
    const State state = running.found ? running.found->state : State();
    const bool of_system = manager_for(service.file, host) == Manager::system ||
                           (running.found && running.found->owner == 0);
    LogSource out{service.name, {}, {}};
    JournalOrigin origin;
    origin.service = service.name;
    OutputKind kind = OutputKind::automatic;
    if (service.config) {
        const Plan plan = plan_of(service, host, of_system);
        const bool is_units = !state.unit.empty() && service.config->log.file.text.empty();
        out.file = is_units ? std::nullopt : file_of(plan.context);
        kind = plan.context.standard_output.kind;
        origin.identifier = log_name(plan);
        origin.uids = users_of(plan, host, of_system);
    }
    if (out.file) {
        return out;
    }
    if (!host.journal_runs) {
        throw_not_kept(service, service.config.has_value(), kind);
    }
    if (of_system && host.uid != 0 && !may_read_system_journal()) {
        throw Failure(ExitCode::not_permitted,
                      concat(service.name, ": not permitted to read its output in the journal: "
                                           "only root and members of the groups systemd-journal "
                                           "and adm are"));
    }
    origin.manager = of_system ? Manager::system : Manager::user;
    origin.uid = host.uid;
    origin.units.push_back(concat("amphid@", service.name, service_suffix));
    if (!state.unit.empty() && state.unit != origin.units.front()) {
        origin.units.push_back(state.unit);
    }
    origin.invocation_id = state.invocation_id;
    out.journal = matches_of(origin);
    return out;
}

std::string last_lines_of(const KnownService& service, const Host& host, std::size_t count) {
    if (wrote_to_its_caller(service, host)) {
        return {};
    }
    LogSource source;
    try {
        source = log_source_of(service, host);
    } catch (const Failure&) {
        return {};
    }
    if (source.file) {
        return last_lines(source.file->path, count);
    }
    Arguments arguments;
    arguments.pager = false;
    arguments.lines = count;
    std::vector<std::string> command = journalctl_command(arguments, source.journal, "short");
    command.insert(command.begin() + 1, "--quiet");
    const auto answer = run_program(command, true);
    return answer && answer->exit_code == 0 ? answer->output : std::string();
}

} // namespace amphid
