// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "config/config.h"

#include <vector>

namespace amphid {

/// The keys of [ready] and [health] that state a condition; the others are settings.
inline constexpr std::string_view keys_that_ask[] = {
    "listen", "connect", "http", "file", "dbus", "command", "log", "fd", "delay-sec"};

/// True if watchdog-sec requires keep-alive messages.
constexpr bool is_watched(TimeSpan watchdog) {
    return watchdog.usec != 0 && !watchdog.is_infinite();
}

/// The start timeout: none for type oneshot, as in systemd.
inline TimeSpan timeout_start_of(const ServiceTable& service) {
    const bool oneshot = service.type == ServiceType::oneshot;
    return service.timeout_start_sec.value_or(oneshot ? TimeSpan::infinity()
                                                      : Policy().timeout_start);
}

/// The rules about readiness, health and notifications; see check_rules().
std::vector<Diagnostic> check_ready_rules(const Config& config);

} // namespace amphid
