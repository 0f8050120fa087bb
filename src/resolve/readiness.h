// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"
#include "plan/host.h"

namespace amphid {

Readiness readiness_of(const ReadyTable& table);
Health health_of(const HealthTable& table);

/// WATCHDOG_USEC of the manager that executed us (sd_watchdog_enabled(3)); infinity where it asks
/// for no sign of life.
TimeSpan watchdog_of_manager(const Host& host);

/// The names of the descriptors from 3 on that the manager gave us for the service
/// (sd_listen_fds_with_names(3)).
std::vector<std::string> names_of_given_descriptors(const Host& host);

/// What is wrong where [ready] wants a number that the service gets as one of `given` descriptors;
/// empty where nothing is.
std::string clash_with_given(const Readiness& ready, std::size_t given);

/// Whom the service's notifications come from where the file does not say (systemd: main where any
/// of them means something).
NotifyAccess default_notify_access(const ServiceTable& service);

} // namespace amphid
