// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "targets.h"

#include "base/diagnostic.h"
#include "base/time_span.h"
#include "config/config.h"
#include "plan/command.h"
#include "plan/document.h"
#include "plan/exec_syntax.h"
#include "plan/expand.h"
#include "plan/notification.h"
#include "resolve/import.h"
#include "resolve/unit_file.h"

#include "../resolve/facts.h"

#include <cstdio>
#include <cstdlib>

namespace amphid {

namespace {

void require(bool holds, const char* sentence) {
    if (!holds) {
        std::fprintf(stderr, "%s\n", sentence);
        std::abort();
    }
}

bool has_nul(std::string_view text) {
    return text.find('\0') != std::string_view::npos;
}

} // namespace

void fuzz_config(std::string_view text) {
    const ParsedConfig parsed = parse_config(text);
    for (const Diagnostic& diagnostic : parsed.diagnostics) {
        require(!diagnostic.message.empty(), "a mistake without a sentence");
    }
    if (!has_error(parsed.diagnostics)) {
        require(!has_nul(unit_file(parsed.config, facts_of_web())), "a NUL in a unit");
    }
}

void fuzz_notification(std::string_view text) {
    if (has_nul(text)) {
        return; // the socket refuses it
    }
    const NotifyMessage message = parse_notification(text);
    require(!message.main_pid || *message.main_pid > 0, "a main PID that is none");
    require(!has_nul(relay_of(message, true)), "a NUL in what is passed on");
    require(relay_of(message, false).size() <= text.size() + 1, "more is passed on than was said");
}

void fuzz_environment(std::string_view text) {
    const EnvironmentText read = parse_environment_file(text);
    for (const std::string& assignment : read.variables) {
        const auto equals = assignment.find('=');
        require(equals != std::string::npos && is_variable_name(assignment.substr(0, equals)),
                "a variable without a name");
    }
}

void fuzz_command(std::string_view text) {
    const auto parsed = parse_command(text);
    if (const auto* error = std::get_if<CommandError>(&parsed)) {
        require(!error->message.empty() && error->offset <= text.size(), "a mistake elsewhere");
        return;
    }
    const auto& command = std::get<Command>(parsed);
    require(!command.path.empty() && !command.argv.empty(), "a command without a program");
    const Environment environment{"A=one two", "B=\"three four\" five", "C="};
    const auto argv = expand_argv(command, environment);
    require(!argv.empty() && argv.front() == command.argv.front(), "another argv[0]");
    for (const std::string& word : argv) {
        require(!has_nul(word), "a NUL in a word");
    }
    CpuSet cpus;
    if (add_cpus(text, cpus)) {
        CpuSet again;
        require(add_cpus(format_cpus(cpus), again) && again == cpus, "other CPUs are read back");
    }
}

void fuzz_time_span(std::string_view text) {
    if (const auto span = parse_time_span(text)) {
        require(span->usec >= 0, "a negative time span");
        require(parse_time_span(format_time_span(*span)) == span, "another span is read back");
    }
    parse_nanoseconds(text);
    for (const LimitUnit unit : {LimitUnit::bytes, LimitUnit::count, LimitUnit::nice}) {
        if (const auto limit = parse_limit(text, unit)) {
            require(!format_limit(*limit).empty(), "a limit without words");
        }
    }
}

void fuzz_unit(std::string_view text) {
    UnitSource source;
    source.name = "web.service";
    source.files.push_back({"/lib/systemd/system/web.service", std::string(text)});
    source.specifiers = specifiers_of(source.name);
    const ImportedUnit unit = import_unit(source);
    // What it prints is a configuration, or says why not.
    const ParsedConfig again = parse_config(print_import(unit, source));
    if (!has_error(unit.diagnostics) && !has_error(again.diagnostics)) {
        unit_file(again.config, facts_of_web());
    }
}

void fuzz_state(std::string_view text) {
    if (const auto state = decode(text)) {
        const std::string written = encode(*state);
        const auto again = decode(written);
        require(again.has_value() && encode(*again) == written, "another state is read back");
    }
}

} // namespace amphid
