// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "base/exit_code.h"
#include "base/time_span.h"
#include "base/volume.h"
#include "resolve/mode.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amphid {

/// What `unit` prints.
enum class UnitFormat : std::uint8_t { systemd, socket, openrc, sysv };
constexpr auto enum_names(UnitFormat) {
    return names_up_to<UnitFormat::sysv>("systemd", "socket", "openrc", "sysv");
}

/// How `logs` prints a line.
enum class LogFormat : std::uint8_t { short_, json, cat };
constexpr auto enum_names(LogFormat) {
    return names_up_to<LogFormat::cat>("short", "json", "cat");
}

/// What `reference` prints: the configuration's keys, or this program's own command line.
enum class ReferenceFormat : std::uint8_t {
    text,
    man,
    json_schema,
    toml,
    command_man,
    completion_bash,
    completion_zsh,
    completion_fish,
    status_schema,
    status_man,
    directives,
    journal_catalog,
};
constexpr auto enum_names(ReferenceFormat) {
    return names_up_to<ReferenceFormat::journal_catalog>(
        "text", "man", "json-schema", "toml", "command-man", "completion-bash", "completion-zsh",
        "completion-fish", "status-schema", "status-man", "directives", "journal-catalog");
}

/// The question that `status` answers instead of printing.
enum class Probe : std::uint8_t { none, ready, live };
/// What `status --wait` waits for.
enum class WaitFor : std::uint8_t { nothing, ready, stopped };
constexpr auto enum_names(WaitFor) {
    return names_up_to<WaitFor::stopped>("", "ready", "stopped");
}

/// A parsed command line.
struct Arguments {
    std::vector<std::string> operands;
    std::vector<std::string> passed;   // what `run` passes to the service, behind "--" or "--exec"
    bool is_program = false;           // the operand is that of --exec
    std::vector<std::string> settings; // KEY=VALUE
    std::vector<std::string> environment_files;
    std::vector<std::string> watched; // paths whose changes restart the service
    std::string runtime_directory;
    Asked asked = Asked::nothing;
    bool json = false;
    bool adopts = true;
    bool retries = true;
    Volume volume = Volume::normal;
    bool help = false; // --help after a command
    bool offline = false;
    bool metrics = false;
    bool all = false;
    std::string unit;   // the file of `check --unit`
    std::string output; // the file of `import --output`
    bool check = false; // only report
    bool full = false;  // the whole file instead of a drop-in
    UnitFormat unit_format = UnitFormat::systemd;
    ReferenceFormat reference_format = ReferenceFormat::text;
    int notify_fd = -1;
    Probe probe = Probe::none;
    WaitFor awaits = WaitFor::nothing;
    TimeSpan timeout = TimeSpan::infinity(); // of `awaits`

    // logs
    bool follow = false;
    bool rotate = false;
    bool pager = true;
    bool reopen = false;
    std::optional<std::size_t> lines;
    std::string since;
    std::string until;
    std::string grep;
    LogFormat log_format = LogFormat::short_;
};

/// --exec of `run`: everything behind it is the program's.
constexpr const char* exec_option_name = "exec";

/// One option: the only declaration, used by getopt_long, the help and suggestions.
struct OptionRow {
    const char* name;
    std::string_view argument; // as the help shows it; empty: takes none
    std::string_view sentence;
    /// Stores the argument; returns what is wrong with it, or an empty string.
    std::string (*set)(Arguments&, std::string_view argument);
    std::span<const std::string_view> words = {}; // its possible arguments, if they are few
    char letter = '\0';                           // its short form
};

/// One command with the options that it takes.
struct CommandRow {
    std::string_view name;
    std::string_view operands; // as the help shows them: FILE, SERVICE or none
    std::size_t least_operands;
    std::size_t most_operands;
    std::vector<const OptionRow*> options;
    std::string_view sentence;
    int (*run)(const Arguments&);
    bool for_each = false; // takes several services, and `run` gets one at a time
    bool passes = false;   // what follows an operand and "--" is for the service
};

std::span<const CommandRow> command_table();

/// A parsed command line, or the sentence that says what is wrong with it.
struct Parsed {
    const CommandRow* command = nullptr;
    Arguments arguments;
    std::string mistake;
};
Parsed parse_command_line(std::span<char* const> argv);

/// "usage: amphid COMMAND OPERANDS".
std::string usage_of(const CommandRow& command);

/// `--help`.
std::string help_text();

/// `COMMAND --help`.
std::string help_text(const CommandRow& command);

/// The command of that name; nullptr if there is none.
const CommandRow* find_command(std::string_view name);

/// "unknown command 'WORD'; did you mean …?"
std::string unknown_command(std::string_view word);

} // namespace amphid
