// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/options.h"

#include "app/commands.h"
#include "base/text.h"

#include <algorithm>
#include <getopt.h>
#include <limits>

namespace amphid {

namespace {

constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

std::string ask(Arguments& arguments, Asked asked) {
    if (arguments.asked != Asked::nothing && arguments.asked != asked) {
        return "--daemon and --foreground exclude each other";
    }
    arguments.asked = asked;
    return {};
}

const OptionRow daemon_option{"daemon", "", "start as a daemon, whatever else speaks against it",
                              [](Arguments& a, std::string_view) { return ask(a, Asked::daemon); }};
const OptionRow foreground_option{
    "foreground", "", "stay in the foreground",
    [](Arguments& a, std::string_view) { return ask(a, Asked::foreground); }};
const OptionRow json_option{"json", "", "print JSON, one object a line",
                            [](Arguments& a, std::string_view) {
                                a.json = true;
                                return std::string();
                            }};
const OptionRow no_adopt_option{"no-adopt", "",
                                "refuse where a killed launcher left the service running",
                                [](Arguments& a, std::string_view) {
                                    a.adopts = false;
                                    return std::string();
                                }};
const OptionRow no_retry_option{"no-retry", "",
                                "give up if the first start fails, whatever restart says",
                                [](Arguments& a, std::string_view) {
                                    a.retries = false;
                                    return std::string();
                                }};
const OptionRow unit_option{"unit", "UNITFILE", "hold a unit file against the configuration",
                            [](Arguments& a, std::string_view file) {
                                a.unit = file;
                                return std::string();
                            }};

/// Takes the word for one of an enumeration's names.
template <NamedEnum E>
std::string choose(E& out, std::string_view word) {
    const auto found = from_name<E>(word);
    if (!found) {
        constexpr auto names = enum_names(E{});
        const std::string_view near = nearest(word, names);
        return concat("unknown format '", word, '\'',
                      near.empty() ? "" : concat("; did you mean '", near, "'?"));
    }
    out = *found;
    return {};
}

template <NamedEnum E>
constexpr auto words_of = enum_names(E{});

const OptionRow unit_format_option{
    "format", "FORMAT", "the kind of text, systemd by default",
    [](Arguments& a, std::string_view word) { return choose(a.unit_format, word); },
    words_of<UnitFormat>};
const OptionRow reference_format_option{
    "format", "FORMAT", "the kind of text, text by default",
    [](Arguments& a, std::string_view word) { return choose(a.reference_format, word); },
    words_of<ReferenceFormat>};
const OptionRow notify_fd_option{
    "notify-fd", "N", "write a newline to descriptor N when it is ready",
    [](Arguments& a, std::string_view text) {
        const auto fd = parse_number<int>(text);
        a.notify_fd = fd.value_or(-1);
        return a.notify_fd > 2 ? std::string()
                               : concat("expected a descriptor above 2, got '", text, '\'');
    }};

const OptionRow output_option{"output",
                              "FILE",
                              "write the configuration there",
                              [](Arguments& a, std::string_view file) {
                                  a.output = file;
                                  return std::string();
                              },
                              {},
                              'o'};
const OptionRow check_option{"check", "", "only say what would be lost; the exit code tells",
                             [](Arguments& a, std::string_view) {
                                 a.check = true;
                                 return std::string();
                             }};
const OptionRow full_option{"full", "", "edit a copy of the whole file instead of a drop-in",
                            [](Arguments& a, std::string_view) {
                                a.full = true;
                                return std::string();
                            }};

std::string help_line(std::string line, std::string_view sentence) {
    pad_to(line, 30);
    return concat(line, sentence, '\n');
}

template <class Row>
std::string did_you_mean(std::string_view word, const std::vector<Row>& names) {
    const std::string_view near = nearest(word, names);
    return near.empty() ? std::string() : concat("; did you mean '", near, "'?");
}

std::string unknown_option(const CommandRow& command, std::string_view word) {
    std::vector<std::string> spelled;
    for (const OptionRow* option : command.options) {
        spelled.push_back(concat("--", option->name));
    }
    const std::vector<std::string_view> names(spelled.begin(), spelled.end());
    return concat(command.name, ": unknown option '", word, "'", did_you_mean(word, names));
}

std::string wrong_count(const CommandRow& command, std::size_t count) {
    if (count < command.least_operands) {
        return concat(command.name, ": which ",
                      command.operands.starts_with("FILE")   ? "file"
                      : command.operands.starts_with("UNIT") ? "unit"
                                                             : "service",
                      "? usage: amphid ", command.name, ' ', command.operands);
    }
    return concat(command.name, ": too many operands; usage: amphid ", command.name, ' ',
                  command.operands);
}

std::string unknown_command(std::string_view word) {
    if (word.empty()) {
        return "no command given; `amphid --help` lists them";
    }
    std::vector<std::string_view> names;
    for (const CommandRow& command : command_table()) {
        names.push_back(command.name);
    }
    return concat("unknown command '", word, "'", did_you_mean(word, names));
}

/// Takes the options of `argv`, whose first word is the command; leaves optind at the operands.
/// The result says what is wrong.
std::string read_options(const CommandRow& command, std::span<char* const> argv,
                         Arguments& arguments) {
    std::vector<option> options;
    for (const OptionRow* row : command.options) {
        const int has_argument = row->argument.empty() ? no_argument : required_argument;
        options.push_back({row->name, has_argument, nullptr, static_cast<int>(options.size())});
    }
    options.push_back({});
    std::string letters = ":"; // tells a missing argument from an unknown option
    for (const OptionRow* row : command.options) {
        if (row->letter != '\0') {
            letters += concat(std::string(1, row->letter), row->argument.empty() ? "" : ":");
        }
    }
    const int count = static_cast<int>(argv.size());
    ::opterr = 0;
    ::optind = 1;
    for (;;) {
        const int at = std::min(::optind, count - 1);
        const int found =
            ::getopt_long(count, argv.data(), letters.c_str(), options.data(), nullptr);
        if (found == -1) {
            return {};
        }
        const char* word = argv[static_cast<std::size_t>(at)];
        if (found == ':') {
            return concat(command.name, ": ", word, " needs an argument");
        }
        if (found == '?') {
            return unknown_option(command, word);
        }
        const auto short_form =
            std::find_if(command.options.begin(), command.options.end(),
                         [&](const OptionRow* row) { return row->letter == found; });
        const OptionRow& row = short_form != command.options.end()
                                   ? **short_form
                                   : *command.options[static_cast<std::size_t>(found)];
        const std::string mistake = row.set(arguments, ::optarg == nullptr ? "" : ::optarg);
        if (!mistake.empty()) {
            return concat(command.name, ": ", mistake);
        }
    }
}

} // namespace

std::span<const CommandRow> command_table() {
    static const CommandRow rows[] = {
        {"start",
         "SERVICE",
         1,
         1,
         {&daemon_option, &foreground_option, &no_adopt_option, &no_retry_option,
          &notify_fd_option},
         "start it, and return when it is ready or has failed",
         run_start},
        {"run",
         "SERVICE",
         1,
         1,
         {&no_retry_option, &notify_fd_option},
         "start it in the foreground",
         run_run},
        {"stop", "SERVICE", 1, 1, {}, "stop it, and return when all of it is gone", run_stop},
        {"restart", "SERVICE", 1, 1, {&no_retry_option}, "stop it and start it again", run_restart},
        {"reload", "SERVICE", 1, 1, {}, "make it reload its configuration", run_reload},
        {"status", "[SERVICE...]", 0, any_number, {&json_option}, "say how it is", run_status},
        {"check",
         "FILE...",
         1,
         any_number,
         {&unit_option},
         "report every mistake of configuration files",
         run_check},
        {"explain",
         "SERVICE",
         1,
         1,
         {&daemon_option, &foreground_option},
         "say which mode a start would take and why, and what it would execute",
         run_explain},
        {"unit",
         "SERVICE",
         1,
         1,
         {&unit_format_option},
         "print a systemd unit or an init script for it",
         run_unit},
        {"import",
         "UNIT...",
         1,
         any_number,
         {&output_option, &check_option, &json_option},
         "print a systemd unit as a configuration, and what of it has no effect here",
         run_import},
        {"cat", "SERVICE...", 1, any_number, {}, "print its file and drop-ins", run_cat},
        {"edit",
         "SERVICE",
         1,
         1,
         {&full_option},
         "edit a drop-in of it, which is checked before it counts",
         run_edit},
        {"reference",
         "",
         0,
         0,
         {&reference_format_option},
         "print every key of the configuration",
         run_reference},
    };
    return rows;
}

Parsed parse_command_line(std::span<char* const> argv) {
    Parsed out;
    const std::string_view word = argv.size() > 1 ? argv[1] : "";
    const auto table = command_table();
    const auto row = std::find_if(table.begin(), table.end(),
                                  [&](const CommandRow& c) { return c.name == word; });
    if (row == table.end()) {
        out.mistake = unknown_command(word);
        return out;
    }
    out.command = &*row;
    const auto rest = argv.subspan(1);
    out.mistake = read_options(*row, rest, out.arguments);
    if (!out.mistake.empty()) {
        return out;
    }
    for (const char* operand : rest.subspan(static_cast<std::size_t>(::optind))) {
        out.arguments.operands.emplace_back(operand);
    }
    const std::size_t operands = out.arguments.operands.size();
    if (operands < row->least_operands || operands > row->most_operands) {
        out.mistake = wrong_count(*row, operands);
    }
    return out;
}

std::string help_text() {
    std::string out = "amphid runs one service from one file, under systemd and without it.\n\n"
                      "usage: amphid COMMAND [OPTION...] [OPERAND...]\n\n";
    for (const CommandRow& command : command_table()) {
        out += help_line(concat("  ", command.name, ' ', command.operands), command.sentence);
        for (const OptionRow* option : command.options) {
            const std::string letter = option->letter == '\0'
                                           ? "      "
                                           : concat("  -", std::string(1, option->letter), ", ");
            out += help_line(concat(letter, "--", option->name, option->argument.empty() ? "" : "=",
                                    option->argument),
                             option->sentence);
            for (const std::string_view word : option->words) {
                out += help_line("", word);
            }
        }
    }
    out += '\n';
    out += help_line("  --help", "print this");
    out += help_line("  --version", "print the version");
    out += "\nSERVICE is a file where it has a '/' or ends in '.toml' or '.service'; otherwise a "
           "name, "
           "looked up\nas NAME.toml in /run/amphid, /etc/amphid, /usr/local/lib/amphid and "
           "/usr/lib/amphid, or in\n$XDG_CONFIG_HOME/amphid and its kin for other users than "
           "root.\n";
    return out;
}

} // namespace amphid
