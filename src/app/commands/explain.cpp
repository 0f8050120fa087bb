// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/explain.h"
#include "resolve/context.h"

#include "app/commands.h"
#include "app/console.h"
#include "app/service.h"
#include "base/text.h"
#include "os/credentials.h"
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
    std::vector<std::string> refusals = missing_privileges(plan.context, host);
    try {
        look_up_credentials(plan.context);
    } catch (const OsError& error) {
        refusals.emplace_back(error.what());
    }
    std::string missing;
    try {
        find_programs(plan);
    } catch (const OsError& error) {
        missing = error.what();
    }
    print(printable(explain(config, decision, plan, arguments.all), true));
    for (const std::string& warning : warnings_about(plan, host)) {
        print_error(warning);
    }
    for (const std::string& refusal : refusals) {
        print_error(refusal);
    }
    if (!missing.empty()) {
        throw Failure(ExitCode::not_installed, missing);
    }
    return code_of(refusals.empty() ? ExitCode::success : ExitCode::not_permitted);
}

} // namespace amphid
