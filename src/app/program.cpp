// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/program.h"

#include "app/console.h"
#include "app/generator.h"
#include "app/options.h"
#include "os/detach.h"

#include <string_view>
#include <unistd.h>

namespace amphid {

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
        print(help_text());
        return code_of(ExitCode::success);
    }
    if (first == "--version") {
        print("amphid " AMPHID_VERSION "\n");
        return code_of(ExitCode::success);
    }
    const Parsed parsed = parse_command_line(argv);
    if (!parsed.mistake.empty()) {
        throw Failure(ExitCode::usage, parsed.mistake);
    }
    return parsed.command->run(parsed.arguments);
}

} // namespace amphid
