// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace amphid {

/// Which of the service's credentials a command runs with. The names are those of systemd's
/// ExecStartEx= property.
enum class Privileges {
    normal,     // no prefix: user, group and capabilities as configured
    privileged, // "+": with full privileges, none of the restrictions applied
    no_setuid,  // "!": the user and groups are not changed, the rest is applied
    ambient,    // "!!": like "!" if there are no ambient capabilities, else like no prefix
};

/// A program to execute, as one command line of systemd.service(5) describes it.
struct Command {
    std::string path;              // absolute, or a plain name to look up in the search path
    std::vector<std::string> argv; // never empty; argv[0] is the path unless "@" named another
    bool ignore_failure = false;   // "-": an unsuccessful exit counts as success
    bool expand = true;            // ":": no variable expansion
    Privileges privileges = Privileges::normal;

    bool operator==(const Command&) const = default;
};

/// Why a text is not a command, and where.
struct CommandError {
    std::string message;    // a sentence without a full stop
    std::size_t offset = 0; // the first wrong byte of the text; 0 for the array form
    int element = 0;        // the wrong element of the array; 0 for the text form

    bool operator==(const CommandError&) const = default;
};

/// Splits a command line as systemd splits ExecStart=: at white space, with quotes and C escapes
/// taken out (an unknown escape stays as it is written) and the prefixes of the first word applied.
/// There are no "%" specifiers. A word ";" of its own, which in systemd separates commands, is
/// refused; "\;" is a literal one. A NUL is refused however it is written.
std::variant<Command, CommandError> parse_command(std::string_view text);

/// Takes the elements as they are, without splitting or unescaping; prefixes are on the first.
std::variant<Command, CommandError> parse_command(const std::vector<std::string>& argv);

} // namespace amphid
