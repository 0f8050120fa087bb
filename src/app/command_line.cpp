// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/options.h"
#include "app/status_options.h"
#include "base/text.h"

#include <algorithm>
#include <getopt.h>

namespace amphid {

namespace {

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

} // namespace

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

namespace {

/// Takes what stands behind "--" or "--exec"; a "--" right after the command only ends the options.
/// The result is what stands before it.
std::span<char* const> take_passed(std::span<char* const> words, Arguments& arguments) {
    const auto is_exec = [](std::string_view word) {
        return word.starts_with("--") && word.substr(2) == exec_option_name;
    };
    const auto end = std::find_if(words.begin(), words.end(), [&](std::string_view word) {
        return word == "--" || is_exec(word);
    });
    if (end == words.end()) {
        return words;
    }
    arguments.is_program = is_exec(*end);
    if (!arguments.is_program && end - words.begin() < 2) {
        return words;
    }
    arguments.passed.assign(end + 1, words.end());
    return words.first(static_cast<std::size_t>(end - words.begin()));
}

/// The program of --exec is the operand.
std::string take_program(const CommandRow& command, Arguments& arguments) {
    if (!arguments.operands.empty()) {
        return concat(command.name, ": --exec takes the place of a service; '",
                      arguments.operands.front(), "' is one too many");
    }
    if (arguments.passed.empty() || arguments.passed.front().empty()) {
        return concat(command.name, ": --exec needs a program");
    }
    arguments.operands.push_back(arguments.passed.front());
    arguments.passed.erase(arguments.passed.begin());
    return {};
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
        rest = take_passed(rest, out.arguments);
    }
    out.mistake = read_options(*out.command, rest, out.arguments);
    if (!out.mistake.empty() || out.arguments.help) {
        return out;
    }
    for (const char* operand : rest.subspan(static_cast<std::size_t>(::optind))) {
        out.arguments.operands.emplace_back(operand);
    }
    if (out.arguments.is_program) {
        out.mistake = take_program(*out.command, out.arguments);
        return out;
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
