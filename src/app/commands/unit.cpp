// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/service.h"
#include "app/unit_facts.h"
#include "os/read_host.h"
#include "resolve/init_script.h"

namespace amphid {

int run_unit(const Arguments& arguments) {
    const Host host = read_host();
    const ServiceFile file = locate(arguments.operands.front(), host);
    const Config config = load(file, host);
    const UnitFacts facts = facts_about(file, config, manager_for(file, host));
    switch (arguments.unit_format) {
    case UnitFormat::systemd:
        print(unit_file(config, facts));
        break;
    case UnitFormat::openrc:
        print(openrc_script(config, facts));
        break;
    case UnitFormat::sysv:
        print(sysv_script(config, facts));
        break;
    }
    return code_of(ExitCode::success);
}

} // namespace amphid
