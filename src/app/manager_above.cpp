// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/manager_above.h"

#include "app/console.h"
#include "app/running_service.h"
#include "base/text.h"
#include "os/read_host.h"
#include "plan/own_unit.h"

namespace amphid {

std::optional<NotifySender> reach_manager(Plan& plan, const Host& host, Log& log) {
    if (plan.manager == Manager::none && plan.announce != Announce::manager) {
        return std::nullopt;
    }
    const std::string address(variable(host, "NOTIFY_SOCKET").value_or(""));
    const std::string why = NotifySender::refusal_of(address);
    if (!why.empty() && plan.manager == Manager::none) {
        log.write(LOG_WARNING, concat(plan.name, ": cannot report readiness: ", why));
        plan.announce = Announce::nobody;
        return std::nullopt;
    }
    if (!why.empty()) {
        throw Failure(ExitCode::not_configured, concat("cannot talk to systemd: ", why));
    }
    if (plan.manager != Manager::none) {
        plan.unit = unit_in_cgroup(systemd_cgroup_of_ours(), plan.manager);
    }
    return NotifySender(address);
}

void warn_of_other_restart(const Config& config, const Plan& plan, Log& log) {
    if (plan.unit.empty() || !config.origins.contains("service.restart")) {
        return;
    }
    const auto answer = ask_systemctl(plan.manager, plan.unit, "Restart");
    const std::string_view ours = name_of(config.service.restart);
    if (answer && *answer != ours) {
        log.write(LOG_WARNING,
                  concat(plan.name, ": restart = \"", ours, "\" has no effect: ", plan.unit,
                         " has Restart=", *answer, ", which takes precedence; `systemctl ",
                         plan.manager == Manager::user ? "--user " : "", "edit ", plan.unit,
                         "` adds a drop-in for Restart=", ours));
    }
}

} // namespace amphid
