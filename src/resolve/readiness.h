// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/host.h"
#include "plan/plan.h"

namespace amphid {

Readiness readiness_of(const ReadyTable& table, const Host& host, Manager manager);
Health health_of(const HealthTable& table);

/// WATCHDOG_USEC of the manager that executed us (sd_watchdog_enabled(3)); infinity if it has no
/// watchdog for us.
TimeSpan watchdog_of_manager(const Host& host);

/// The names of the descriptors from 3 on that the manager passed for the service
/// (sd_listen_fds_with_names(3)).
std::vector<std::string> names_of_given_descriptors(const Host& host);

/// Why this start cannot give the service the descriptor of [ready] fd: its number is taken by one
/// that systemd passes, or by our store. Empty if it can.
std::string taken_ready_descriptor(const Plan& plan, const std::vector<std::string>& given);

/// The default of notify-access: as in systemd, main if notifications mean anything to the service.
NotifyAccess default_notify_access(const ServiceTable& service);

} // namespace amphid
