// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/host.h"
#include "plan/plan.h"

namespace amphid {

Readiness readiness_of(const ReadyTable& table);
Health health_of(const HealthTable& table);

/// WATCHDOG_USEC of the manager that executed us (sd_watchdog_enabled(3)); infinity where it asks
/// for no sign of life.
TimeSpan watchdog_of_manager(const Host& host);

/// The names of the descriptors from 3 on that the manager gave us for the service
/// (sd_listen_fds_with_names(3)).
std::vector<std::string> names_of_given_descriptors(const Host& host);

/// Why this start cannot give the service the descriptor of [ready] fd: its number belongs to one
/// that systemd gives, by their names, or to our store behind those. Empty where it can.
std::string taken_ready_descriptor(const Plan& plan, const std::vector<std::string>& given);

/// Whom the service's notifications come from where the file does not say (systemd: main where any
/// of them means something).
NotifyAccess default_notify_access(const ServiceTable& service);

} // namespace amphid
