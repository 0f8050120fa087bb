// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/command_line_start.h"

#include "app/console.h"
#include "app/service.h"
#include "base/text.h"
#include "config/setting.h"
#include "plan/expand.h"

namespace amphid {

ServiceFile file_to_start(const std::string& service, const StartOptions& options,
                          const Host& host) {
    ServiceFile out =
        options.is_program ? program_in_place_of_file(service, host) : locate(service, host);
    for (const std::string& setting : options.settings) {
        out.given.push_back(given_setting(setting));
    }
    for (const std::string& path : options.environment_files) {
        out.given.push_back(given_environment_file(path, host.working_directory));
    }
    return out;
}

void pass_arguments(Plan& plan, const std::vector<std::string>& arguments) {
    std::vector<Command>& commands = commands_of(plan, CommandList::exec_start);
    if (arguments.empty()) {
        return;
    }
    if (commands.size() != 1) {
        throw Failure(ExitCode::usage,
                      concat(plan.name, ": arguments can be added to one exec-start only, not to ",
                             commands.size()));
    }
    append_literally(commands.front(), arguments);
}

} // namespace amphid
