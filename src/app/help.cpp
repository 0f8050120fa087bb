// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/options.h"
#include "base/text.h"

// --help, generated from the table of commands and options.

namespace amphid {

namespace {

std::string help_line(std::string line, std::string_view sentence) {
    pad_to(line, 30);
    return concat(line, sentence, '\n');
}

std::string help_of(const CommandRow& command) {
    std::string out;
    for (const OptionRow* option : command.options) {
        const std::string letter =
            option->letter == '\0' ? "      " : concat("  -", std::string(1, option->letter), ", ");
        out += help_line(concat(letter, "--", option->name, option->argument.empty() ? "" : "=",
                                option->argument),
                         option->sentence);
        for (const std::string_view word : option->words) {
            out += help_line("", word);
        }
    }
    return out;
}

constexpr std::string_view about_services =
    "\nSERVICE is a file if it contains a '/' or ends in '.toml' or '.service'; otherwise a name,\n"
    "looked up as NAME.toml in /run/amphid, /etc/amphid, /usr/local/lib/amphid and\n"
    "/usr/lib/amphid; for users other than root, in $XDG_CONFIG_HOME/amphid and other\n"
    "directories that amphid(1) lists.\n";

} // namespace

std::string usage_of(const CommandRow& command) {
    return concat("usage: amphid ", command.name, command.options.empty() ? "" : " [OPTION...]",
                  command.operands.empty() ? "" : " ", command.operands);
}

std::string help_text() {
    std::string out = "amphid runs a service from one file, with or without systemd.\n\n"
                      "usage: amphid COMMAND [OPTION...] [OPERAND...]\n\n";
    for (const CommandRow& command : command_table()) {
        out += help_line(concat("  ", command.name, ' ', command.operands), command.sentence);
        out += help_of(command);
    }
    out += '\n';
    out += help_line("  -h, --help", "print this help; after a command, help for that command");
    out += help_line("  -V, --version", "print the version");
    return concat(out, about_services);
}

std::string help_text(const CommandRow& command) {
    std::string sentence(command.sentence);
    sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
    const bool of_services = command.operands.find("SERVICE") != std::string_view::npos;
    return concat(usage_of(command), "\n\n", sentence, ".\n", command.options.empty() ? "" : "\n",
                  help_of(command), of_services ? about_services : "");
}

} // namespace amphid
