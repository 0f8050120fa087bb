// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/explain.h"

#include "app/commands.h"
#include "app/console.h"
#include "app/service.h"
#include "base/text.h"
#include "os/os_error.h"
#include "os/read_host.h"
#include "os/run_program.h"

namespace amphid {

int run_explain(const Arguments& arguments) {
    const Host host = read_host();
    const ServiceFile file = locate(arguments.operands.front(), host);
    const Config config = load(file, host);
    const Decision decision = decide_mode(host, arguments.asked, config.launcher.mode);
    Plan plan = make_plan(config, file, host, decision);
    std::string missing;
    try {
        find_programs(plan);
    } catch (const OsError& error) {
        missing = error.what();
    }
    print(printable(explain(config, decision, plan), true));
    for (const std::string& warning : warnings_about(plan, host)) {
        print_error(warning);
    }
    if (!missing.empty()) {
        throw Failure(ExitCode::not_installed, missing);
    }
    return code_of(ExitCode::success);
}

} // namespace amphid
