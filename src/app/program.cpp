// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/program.h"

#include "app/console.h"
#include "app/each_service.h"
#include "app/generator.h"
#include "app/options.h"
#include "app/place_option.h"
#include "os/detach.h"

#include <string_view>
#include <unistd.h>

namespace amphid {

namespace {

int print_help(std::string_view about) {
    const CommandRow* command = find_command(about);
    if (command == nullptr && !about.empty()) {
        throw Failure(ExitCode::usage, unknown_command(about));
    }
    print(command == nullptr ? help_text() : help_text(*command));
    return code_of(ExitCode::success);
}

} // namespace

int run_program_main(std::span<char* const> argv) {
    ensure_standard_descriptors();
    reset_signals();
    if (::getuid() != ::geteuid() || ::getgid() != ::getegid()) {
        throw Failure(ExitCode::not_permitted, "must not be installed set-user-ID or set-group-ID");
    }
    if (!argv.empty() && is_generator(argv[0])) {
        return run_generator(argv);
    }
    const std::string_view first = argv.size() > 1 ? argv[1] : "";
    if (first == "--help" || first == "-h" || first == "help") {
        return print_help(argv.size() > 2 && first == "help" ? argv[2] : "");
    }
    if (first == "--version" || first == "-V") {
        print("amphid " AMPHID_VERSION "\n");
        return code_of(ExitCode::success);
    }
    const Parsed parsed = parse_command_line(argv);
    if (!parsed.mistake.empty()) {
        throw Failure(ExitCode::usage, parsed.mistake);
    }
    if (parsed.arguments.help) {
        return print_help(parsed.command->name);
    }
    apply_place(parsed.arguments);
    return parsed.command->for_each ? for_each_service(parsed.arguments, parsed.command->run)
                                    : run_named(parsed.arguments, parsed.command->run);
}

} // namespace amphid
