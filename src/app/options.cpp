// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/options.h"

#include "app/commands.h"
#include "app/log_options.h"
#include "app/option_words.h"
#include "app/status_options.h"
#include "app/volume_options.h"
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

const OptionRow daemon_option{"daemon", "", "force daemon mode",
                              [](Arguments& a, std::string_view) { return ask(a, Asked::daemon); }};
const OptionRow foreground_option{
    "foreground", "", "force foreground mode",
    [](Arguments& a, std::string_view) { return ask(a, Asked::foreground); }};
const OptionRow json_option{"json", "", "print JSON, one object a line",
                            [](Arguments& a, std::string_view) {
                                a.json = true;
                                return std::string();
                            }};
const OptionRow all_option{"all", "", "also show keys with their default value",
                           [](Arguments& a, std::string_view) {
                               a.all = true;
                               return std::string();
                           }};
const OptionRow metrics_option{"metrics", "", "print metrics for Prometheus",
                               [](Arguments& a, std::string_view) {
                                   a.metrics = true;
                                   return std::string();
                               }};
const OptionRow no_adopt_option{"no-adopt", "",
                                "fail if a killed launcher left the service running",
                                [](Arguments& a, std::string_view) {
                                    a.adopts = false;
                                    return std::string();
                                }};
const OptionRow no_retry_option{"no-retry", "",
                                "give up if the first start fails, even if restart is set",
                                [](Arguments& a, std::string_view) {
                                    a.retries = false;
                                    return std::string();
                                }};
const OptionRow offline_option{"offline", "", "do not check programs, users and paths on this host",
                               [](Arguments& a, std::string_view) {
                                   a.offline = true;
                                   return std::string();
                               }};
const OptionRow unit_option{"unit", "UNITFILE", "check a unit file against the configuration",
                            [](Arguments& a, std::string_view file) {
                                a.unit = file;
                                return std::string();
                            }};

const OptionRow unit_format_option{
    "format", "FORMAT", "the output format, by default systemd",
    [](Arguments& a, std::string_view word) { return choose(a.unit_format, word); },
    words_of<UnitFormat>};
const OptionRow reference_format_option{
    "format", "FORMAT", "the output format, by default text",
    [](Arguments& a, std::string_view word) { return choose(a.reference_format, word); },
    words_of<ReferenceFormat>};
const OptionRow notify_fd_option{
    "notify-fd", "N", "write a newline to descriptor N when the service is ready",
    [](Arguments& a, std::string_view text) {
        const auto fd = parse_number<int>(text);
        a.notify_fd = fd.value_or(-1);
        return a.notify_fd > 2 ? std::string()
                               : concat("expected a descriptor above 2, got '", text, '\'');
    }};

const OptionRow output_option{"output",
                              "FILE",
                              "write the configuration to FILE",
                              [](Arguments& a, std::string_view file) {
                                  a.output = file;
                                  return std::string();
                              },
                              {},
                              'o'};
const OptionRow check_option{"check", "", "only report what would be lost, also by the exit status",
                             [](Arguments& a, std::string_view) {
                                 a.check = true;
                                 return std::string();
                             }};
const OptionRow full_option{"full", "", "edit a copy of the whole file instead of a drop-in",
                            [](Arguments& a, std::string_view) {
                                a.full = true;
                                return std::string();
                            }};

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
                      "? ", usage_of(command));
    }
    return concat(command.name, ": too many operands; ", usage_of(command));
}

/// Only one service can have the terminal, or a descriptor for one answer.
std::string wrong_for_several(const CommandRow& command, const Arguments& arguments) {
    if (!command.for_each || arguments.operands.size() < 2) {
        return {};
    }
    if (arguments.asked == Asked::foreground) {
        return concat(command.name, ": --foreground takes one service");
    }
    return arguments.notify_fd < 0 ? std::string()
                                   : concat(command.name, ": --notify-fd takes one service");
}

/// Above every index of an option, so that getopt's optopt tells which known option it is about.
constexpr int first_option = 256;

/// The word that getopt_long refused: the one it has just passed. An unknown letter inside a group
/// ("-xy") is named alone.
std::string refused_word(std::span<char* const> argv) {
    return ::optopt != 0 && ::optopt < first_option
               ? concat('-', static_cast<char>(::optopt))
               : std::string(argv[static_cast<std::size_t>(::optind) - 1]);
}

std::string refusal_of(const CommandRow& command, int found, std::span<char* const> argv) {
    if (found == ':' || ::optopt >= first_option) {
        const auto& row = *command.options[static_cast<std::size_t>(::optopt - first_option)];
        return concat(command.name, ": --", row.name,
                      found == ':' ? " needs an argument" : " takes no argument");
    }
    return unknown_option(command, refused_word(argv));
}

std::vector<option> long_options(const CommandRow& command) {
    std::vector<option> out;
    for (const OptionRow* row : command.options) {
        const int has_argument = row->argument.empty() ? no_argument : required_argument;
        out.push_back(
            {row->name, has_argument, nullptr, first_option + static_cast<int>(out.size())});
    }
    out.push_back({"help", no_argument, nullptr, 'h'});
    out.push_back({});
    return out;
}

/// Parses the options of `argv`, whose first word is the command, and leaves optind at the
/// operands. Returns what is wrong.
std::string read_options(const CommandRow& command, std::span<char* const> argv,
                         Arguments& arguments) {
    const std::vector<option> options = long_options(command);
    std::string letters = ":h"; // ":" tells a missing argument from an unknown option
    for (const OptionRow* row : command.options) {
        if (row->letter != '\0') {
            letters += concat(std::string(1, row->letter), row->argument.empty() ? "" : ":");
        }
    }
    ::opterr = 0;
    ::optind = 0; // start over
    for (;;) {
        ::optopt = 0;
        const int found = ::getopt_long(static_cast<int>(argv.size()), argv.data(), letters.c_str(),
                                        options.data(), nullptr);
        if (found == -1) {
            return {};
        }
        if (found == 'h') {
            arguments.help = true;
            return {};
        }
        if (found == ':' || found == '?') {
            return refusal_of(command, found, argv);
        }
        const auto short_form =
            std::find_if(command.options.begin(), command.options.end(),
                         [&](const OptionRow* row) { return row->letter == found; });
        const OptionRow& row =
            short_form != command.options.end()
                ? **short_form
                : *command.options[static_cast<std::size_t>(found - first_option)];
        const std::string mistake = row.set(arguments, ::optarg == nullptr ? "" : ::optarg);
        if (!mistake.empty()) {
            return concat(command.name, ": ", mistake);
        }
    }
}

std::vector<const OptionRow*> joined(std::vector<const OptionRow*> out,
                                     const std::vector<const OptionRow*>& more) {
    out.insert(out.end(), more.begin(), more.end());
    return out;
}

} // namespace

std::span<const CommandRow> command_table() {
    static const CommandRow rows[] = {
        {"start",
         "SERVICE...",
         1,
         any_number,
         {&daemon_option, &foreground_option, &no_adopt_option, &no_retry_option, &notify_fd_option,
          quiet_option(), verbose_option()},
         "start services, wait until they are ready or have failed",
         run_start,
         true},
        {"run",
         "SERVICE [-- ARG...]",
         1,
         1,
         {&no_retry_option, &notify_fd_option, quiet_option(), verbose_option()},
         "run a service in the foreground; ARGs are added to its exec-start",
         run_run,
         false,
         true},
        {"stop",
         "SERVICE...",
         1,
         any_number,
         {quiet_option(), verbose_option()},
         "stop services, wait until all their processes are gone",
         run_stop,
         true},
        {"restart",
         "SERVICE...",
         1,
         any_number,
         {&no_retry_option, quiet_option(), verbose_option()},
         "stop services and start them again",
         run_restart,
         true},
        {"reload",
         "SERVICE...",
         1,
         any_number,
         {quiet_option(), verbose_option()},
         "make services reload their configuration",
         run_reload,
         true},
        {"status", "[SERVICE...]", 0, any_number,
         joined({&json_option, &metrics_option}, question_options()), "show the status of services",
         run_status},
        {"logs", "SERVICE...", 1, any_number, log_options(), "show the output of services",
         run_logs},
        {"check",
         "FILE...",
         1,
         any_number,
         {&json_option, &offline_option, &unit_option},
         "check configuration files for mistakes",
         run_check},
        {"explain",
         "SERVICE",
         1,
         1,
         {&all_option, &daemon_option, &foreground_option},
         "show which mode a start would take, why, and what it would run",
         run_explain},
        {"unit",
         "SERVICE",
         1,
         1,
         {&unit_format_option},
         "print a systemd unit or an init script for a service",
         run_unit},
        {"import",
         "UNIT...",
         1,
         any_number,
         {&output_option, &check_option, &json_option},
         "convert systemd units, report what has no effect",
         run_import},
        {"cat",
         "SERVICE...",
         1,
         any_number,
         {},
         "print configuration files with their drop-ins",
         run_cat},
        {"edit",
         "SERVICE",
         1,
         1,
         {&full_option},
         "edit a drop-in, which is checked before it is saved",
         run_edit},
        {"reference",
         "",
         0,
         0,
         {&reference_format_option},
         "print all configuration keys",
         run_reference},
    };
    return rows;
}

const CommandRow* find_command(std::string_view name) {
    const auto table = command_table();
    const auto row = std::find_if(table.begin(), table.end(),
                                  [&](const CommandRow& c) { return c.name == name; });
    return row == table.end() ? nullptr : &*row;
}

std::string unknown_command(std::string_view word) {
    if (word.empty()) {
        return "no command given; `amphid --help` lists them";
    }
    if (word.starts_with('-')) {
        return concat("unknown option '", word, "'; options go after the command");
    }
    std::vector<std::string_view> names;
    for (const CommandRow& command : command_table()) {
        names.push_back(command.name);
    }
    return concat("unknown command '", word, "'", did_you_mean(word, names));
}

/// Takes what stands behind "--"; right after the command it only ends the options. The result is
/// what stands before it.
namespace {

std::span<char* const> take_passed(std::span<char* const> words, std::vector<std::string>& passed) {
    const auto end = std::find_if(words.begin(), words.end(),
                                  [](const char* word) { return std::string_view(word) == "--"; });
    if (end - words.begin() < 2 || end == words.end()) {
        return words;
    }
    passed.assign(end + 1, words.end());
    return words.first(static_cast<std::size_t>(end - words.begin()));
}

} // namespace

Parsed parse_command_line(std::span<char* const> argv) {
    Parsed out;
    const std::string_view word = argv.size() > 1 ? argv[1] : "";
    out.command = find_command(word);
    if (out.command == nullptr) {
        out.mistake = unknown_command(word);
        return out;
    }
    auto rest = argv.subspan(1);
    if (out.command->passes) {
        rest = take_passed(rest, out.arguments.passed);
    }
    out.mistake = read_options(*out.command, rest, out.arguments);
    if (!out.mistake.empty() || out.arguments.help) {
        return out;
    }
    for (const char* operand : rest.subspan(static_cast<std::size_t>(::optind))) {
        out.arguments.operands.emplace_back(operand);
    }
    const std::size_t operands = out.arguments.operands.size();
    if (operands < out.command->least_operands || operands > out.command->most_operands) {
        out.mistake = wrong_count(*out.command, operands);
    } else {
        out.mistake = wrong_for_several(*out.command, out.arguments);
    }
    if (const std::string wrong = wrong_question(out.arguments);
        out.mistake.empty() && !wrong.empty()) {
        out.mistake = concat(out.command->name, ": ", wrong);
    }
    return out;
}

} // namespace amphid
