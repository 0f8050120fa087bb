// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "base/signal_name.h"
#include "config/reading.h"

namespace amphid {

namespace {

std::string toml_array(std::span<const std::string> items) {
    std::string out = "[";
    for (const std::string& item : items) {
        out += concat(out.size() > 1 ? ", " : "", json_string(item));
    }
    return out + "]";
}

/// The array form of a command with its prefixes; parsing it gives the same command.
std::vector<std::string> words_of(const Command& command) {
    std::string first;
    first += command.ignore_failure ? "-" : "";
    first += command.expand ? "" : ":";
    constexpr std::string_view privileges[] = {"", "+", "!", "!!"};
    first += privileges[static_cast<std::size_t>(command.privileges)];
    const bool renamed = command.argv.front() != command.path;
    first += concat(renamed ? "@" : "", command.path);
    std::vector<std::string> words{first};
    words.insert(words.end(), command.argv.begin() + (renamed ? 0 : 1), command.argv.end());
    return words;
}

} // namespace

std::string looks_like(const UnitNames&) {
    return "unit names, such as [\"network.target\"]";
}
std::string looks_like(const ConditionList& list) {
    return is_about_path(list.kind) ? "an absolute path or a list of paths; \"!\" negates, \"|\" "
                                      "makes one of several sufficient"
                                    : "a value or a list of values; \"!\" negates, \"|\" makes one "
                                      "of several sufficient";
}
std::string looks_like(const Uris&) {
    return "URIs, such as [\"man:web(8)\"]";
}
std::string looks_like(const std::string&) {
    return "a string";
}
std::string looks_like(const Path&) {
    return "an absolute path";
}
std::string looks_like(const bool&) {
    return "true or false";
}
std::string looks_like(const unsigned&) {
    return "a number from 0 to 4294967295";
}
std::string looks_like(const TimeSpan&) {
    return "a time span (\"1min 30s\", \"infinity\" or a number of seconds)";
}
std::string looks_like(const StartCommands&) {
    return "a command (an array of strings or a string), or for type oneshot an array of commands";
}
std::string looks_like(const Commands&) {
    return "a list of commands, each an array of strings or a string";
}
std::string looks_like(const Command&) {
    return "a command: an array of strings or a string";
}
std::string looks_like(const Signal&) {
    return "a signal name or number";
}
std::string looks_like(const SignalRewrites&) {
    return "a table of signals, such as { SIGTERM = \"SIGQUIT\", SIGHUP = \"\" }";
}
std::string looks_like(const FileMode&) {
    return "permission bits in octal, such as \"0022\"";
}
std::string looks_like(const Assignments&) {
    return "a list of \"NAME=value\" or a table";
}
std::string looks_like(const Output&) {
    return "null, inherit, journal, syslog or kmsg (also with +console), tty, file:PATH, "
           "append:PATH or truncate:PATH";
}
std::string looks_like(const ExitStatusSet&) {
    return "exit codes and signal names";
}

std::string print_value(const UnitNames& value) {
    return value.list.empty() ? std::string() : toml_array(value.list);
}
std::string print_value(const ConditionList& value) {
    return value.list.empty() ? std::string() : toml_array(value.list);
}
std::string print_value(const Uris& value) {
    return value.list.empty() ? std::string() : toml_array(value.list);
}
std::string print_value(const std::string& value) {
    return value.empty() ? std::string() : json_string(value);
}
std::string print_value(const Path& value) {
    return print_value(value.text);
}
std::string print_value(const bool& value) {
    return value ? "true" : "false";
}
std::string print_value(const unsigned& value) {
    return concat(value);
}
std::string print_value(const TimeSpan& value) {
    return json_string(format_time_span(value));
}
std::string print_value(const StartCommands& value) {
    return value.list.size() == 1 ? toml_array(words_of(value.list.front()))
                                  : print_value(Commands{value.list});
}
std::string print_value(const Commands& value) {
    std::string out;
    for (const Command& command : value.list) {
        out += concat(out.empty() ? "[" : ", ", toml_array(words_of(command)));
    }
    return out.empty() ? out : out + ']';
}
std::string print_value(const Command& value) {
    return toml_array(words_of(value));
}
std::string print_value(const Signal& value) {
    return json_string(signal_name(value.number));
}
std::string print_value(const SignalRewrites& value) {
    std::string out;
    for (const auto& [from, to] : value.pairs) {
        out += concat(out.empty() ? "{ " : ", ", signal_name(from), " = ",
                      json_string(to == 0 ? "" : signal_name(to)));
    }
    return out.empty() ? out : out + " }";
}
std::string print_value(const FileMode& value) {
    char octal[8];
    const auto end = std::to_chars(octal, octal + sizeof octal, value.bits, 8).ptr;
    const std::string digits(octal, end);
    return json_string(std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits);
}
std::string print_value(const Assignments& value) {
    return value.list.empty() ? std::string() : toml_array(value.list);
}
std::string print_value(const Output& value) {
    return print_value(concat(name_of(value.kind), value.console ? console_suffix : "",
                              value.path.empty() ? "" : ":", value.path));
}
std::string print_value(const ExitStatusSet& value) {
    std::string out;
    for (const int code : value.codes) {
        out += concat(out.empty() ? "" : ", ", code);
    }
    for (const int signal : value.signals) {
        out += concat(out.empty() ? "" : ", ", json_string(signal_name(signal)));
    }
    return out.empty() ? out : concat('[', out, ']');
}

} // namespace amphid
