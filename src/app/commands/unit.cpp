// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/commands.h"
#include "app/console.h"
#include "app/service.h"
#include "app/unit_facts.h"
#include "base/text.h"
#include "os/read_host.h"
#include "resolve/init_script.h"
#include "resolve/socket_unit.h"

namespace amphid {

namespace {

/// Several are told apart by a comment with their name.
std::string sockets_text(const Config& config, const UnitFacts& facts) {
    const auto units = socket_units(config, facts);
    if (units.empty()) {
        throw Failure(ExitCode::failure,
                      concat(facts.name, ": ", facts.file.path, " has no [[socket]]"));
    }
    std::string out;
    for (const SocketUnit& unit : units) {
        out += units.size() == 1
                   ? unit.text
                   : concat(out.empty() ? "" : "\n", "# ", unit.name, '\n', unit.text);
    }
    return out;
}

} // namespace

int run_unit(const Arguments& arguments) {
    const Host host = read_host();
    const ServiceFile file = locate(arguments.operands.front(), host);
    const Config config = load(file, host);
    const UnitFacts facts = facts_about(file, config, manager_for(file, host));
    switch (arguments.unit_format) {
    case UnitFormat::systemd:
        print(unit_file(config, facts));
        break;
    case UnitFormat::socket:
        print(sockets_text(config, facts));
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
