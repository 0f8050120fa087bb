// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/explain.h"

#include "base/text.h"
#include "config/rows.h"
#include "config/systemd_table.h"
#include "plan/call_filter.h"
#include "plan/exec_environment.h"

#include <utility>

namespace amphid {

namespace {

std::string restart_owner(const Plan& plan) {
    switch (plan.manager) {
    case Manager::none:
        return "amphid restarts it";
    case Manager::system:
        return "systemd restarts it";
    case Manager::user:
        return "the user's systemd restarts it";
    }
    return {};
}

std::string announce_line(const Plan& plan) {
    switch (plan.announce) {
    case Announce::nobody:
        return "readiness is not reported";
    case Announce::starting_command:
        return "readiness goes to the starting command";
    case Announce::manager:
        return "readiness goes to NOTIFY_SOCKET";
    }
    return {};
}

std::string mode_table(const Decision& decision, const Plan& plan) {
    std::string out = concat("mode: ", name_of(decision.mode), "; ", restart_owner(plan), "; ",
                             announce_line(plan),
                             decision.we_are_pid_1 ? "; with the duties of an init" : "", '\n');
    bool decided = false;
    for (const Evidence& row : decision.rows) {
        const bool decides = row.matches && !decided;
        decided = decided || row.matches;
        std::string line = concat(decides ? "  * " : "    ", row.question);
        if (!row.finding.empty()) {
            pad_to(line, 26);
            line += row.finding;
        }
        if (decides) {
            pad_to(line, 66);
            line += concat("-> ", name_of(row.outcome));
        }
        out += printable(line) + '\n';
    }
    for (const std::string& text : decision.proves_nothing) {
        out += concat("    proves nothing: ", text, '\n');
    }
    for (const std::string& text : decision.warnings) {
        out += concat("  warning: ", text, '\n');
    }
    return out;
}

std::string copied_directives(const SystemdTable& systemd) {
    std::string out;
    for (const SystemdSection& section : systemd_sections) {
        for (const Directive& directive : systemd.*section.directives) {
            for (const std::string& value : directive.values) {
                out += concat("  [systemd.", section.name, "] ", directive.name, '=', value, '\n');
            }
        }
    }
    return out;
}

/// "line 3"; with the path for a drop-in.
std::string place_of(const Config& config, const KeyRow& row) {
    const auto file = static_cast<std::size_t>(row.file);
    const std::string line = concat("line ", *row.line);
    return file == 0 || file >= config.files.size() ? line
                                                    : concat(line, " of ", config.files[file]);
}

std::string configuration(const Config& config, const Plan& plan, bool all) {
    std::string out = concat("configuration: ", plan.config, '\n');
    for (std::size_t i = 1; i < config.files.size(); ++i) {
        out += concat("  drop-in ", config.files[i], '\n');
    }
    for (const TableRows& rows : rows_of(config)) {
        std::string table = concat("  ", heading_of(rows), '\n');
        for (const KeyRow& row : rows.keys) {
            if (!all && !row.line) {
                continue;
            }
            out += std::exchange(table, {});
            std::string line =
                concat("  ", row.name, " = ", row.value.empty() ? "(not set)" : row.value);
            pad_to(line, 58);
            out += concat(line, row.line ? place_of(config, row) : "default", '\n');
        }
    }
    out += copied_directives(config.systemd);
    return all ? out : concat(out, "  (keys with default values are hidden; --all shows them)\n");
}

std::string output_text(const Output& output, const ExecContext& context) {
    if (output.kind == OutputKind::automatic) {
        return context.words_to_journal ? "kept for failure messages and forwarded to the journal"
                                        : "kept for failure messages, otherwise dropped";
    }
    return concat(name_of(output.kind), output.path.empty() ? "" : ":", output.path);
}

std::string command_text(std::string_view list, const Command& command,
                         const Environment& environment) {
    std::string line = concat("  ", list);
    pad_to(line, 20);
    std::string out = concat(line, command.path, '\n');
    const auto argv = expand_argv(command, environment);
    for (std::size_t i = 0; i < argv.size(); ++i) {
        out += concat("    argv[", i, "]         ", json_string(argv[i]), '\n');
    }
    return out;
}

std::string identity_text(const Credentials& who) {
    std::string out;
    out += who.uid ? concat("  UID               ", *who.uid, '\n') : std::string();
    out += who.gid ? concat("  GID               ", *who.gid, '\n') : std::string();
    std::string groups;
    for (const gid_t gid : who.groups.value_or(std::vector<gid_t>{})) {
        groups += concat(' ', gid);
    }
    out += groups.empty() ? groups : concat("  groups           ", groups, '\n');
    return out;
}

/// The rules for the native architecture; of a long list of calls only its length.
std::string sandbox_text(const SandboxSettings& settings) {
    constexpr std::size_t long_list = 60;
    const std::string keys = keys_with_filter(settings);
    if (keys.empty()) {
        return {};
    }
    std::string out = concat("sandbox: ", keys, '\n');
    for (CallFilter filter : filters_of(settings, {local_architectures().back()}, 0)) {
        const std::size_t count = filter.rules.size();
        if (count > long_list) {
            filter.rules.clear();
        }
        const std::string text = describe(filter);
        for (const std::string_view line : split(text, '\n')) {
            out += line.empty() ? "" : concat("  ", line, '\n');
        }
        out += count > long_list ? concat("    ", count, " system calls by name\n") : "";
    }
    return out;
}

std::string execution(const Plan& plan) {
    std::string out = "would execute:\n";
    for (const CommandList list : every_command_list) {
        for (const Command& command : commands_of(plan, list)) {
            out += command_text(name_of(list), command, environment_of(plan.context));
        }
    }
    out += concat("  directory         ",
                  plan.context.working_directory.empty() ? "the current one"
                                                         : plan.context.working_directory,
                  '\n');
    out += concat("  standard output   ", output_text(plan.context.standard_output, plan.context),
                  '\n');
    out += concat("  standard error    ",
                  plan.context.error_joins_output
                      ? "joins standard output"
                      : output_text(plan.context.standard_error, plan.context),
                  '\n');
    out += identity_text(plan.context.credentials);
    for (const Socket& socket : plan.sockets) {
        out += concat("  listens on        ", place_of(socket), " (", name_of(socket.type), ", ",
                      socket.settings.name, ")\n");
    }
    out += concat("  notify-access     ", name_of(plan.notify_access), '\n');
    for (const std::string& variable : environment_of(plan.context)) {
        out += concat("  environment       ", printable(variable), '\n');
    }
    out += concat(
        "files: ", plan.paths.directory.empty() ? "no runtime directory" : plan.paths.directory,
        "\n  pid file          ", plan.paths.pid_file.empty() ? "none" : plan.paths.pid_file, '\n');
    if (!plan.paths.service_pid_file.empty()) {
        out += concat("  service pid file  ", plan.paths.service_pid_file, '\n');
    }
    return out;
}

} // namespace

std::string explain(const Config& config, const Decision& decision, const Plan& plan, bool all) {
    return concat(mode_table(decision, plan), configuration(config, plan, all), execution(plan),
                  sandbox_text(plan.context.sandbox.settings));
}

} // namespace amphid
