// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/ready_rules.h"

#include "base/text.h"
#include "config/rules.h"
#include "config/socket_rules.h"

namespace amphid {

namespace {

using Found = std::optional<Diagnostic>;

Found ready_names_a_condition(const Config& config) {
    const ReadyTable& ready = config.ready;
    const bool says_how =
        ready.match != Match::all || ready.interval_sec != ReadyTable().interval_sec;
    if (!says_how) {
        return std::nullopt;
    }
    for (const auto& key : keys_that_ask) {
        if (is_set(config, concat("ready.", key))) {
            return std::nullopt;
        }
    }
    return error_at(config, "ready", "[ready] has no condition");
}

Found health_names_a_check(const Config& config) {
    const HealthTable& health = config.health;
    const HealthTable defaults;
    const bool says_how = health.interval_sec != defaults.interval_sec ||
                          health.timeout_sec != defaults.timeout_sec ||
                          health.failures != defaults.failures;
    if (!says_how) {
        return std::nullopt;
    }
    for (const auto& key : keys_that_ask) {
        if (is_set(config, concat("health.", key))) {
            return std::nullopt;
        }
    }
    return error_at(config, "health", "[health] has no check");
}

Found nobody_connects_by_udp(const Config& config) {
    const std::pair<std::string_view, const OneOrMore<Endpoint>&> keys[] = {
        {"ready.connect", config.ready.connect}, {"health.connect", config.health.connect}};
    for (const auto& [key, endpoints] : keys) {
        for (const Endpoint& endpoint : endpoints.list) {
            if (endpoint.kind == Endpoint::Kind::udp) {
                return error_at(config, key, "connect: UDP has no connections; use listen");
            }
        }
    }
    return std::nullopt;
}

Found ready_fd_is_free(const Config& config) {
    constexpr unsigned most = 1023;
    const auto fd = config.ready.fd;
    if (!fd || (*fd >= 3 && *fd <= most)) {
        return std::nullopt;
    }
    return error_at(config, "ready.fd",
                    concat("fd: expected a descriptor from 3 to ", most, ", got ", *fd));
}

/// Sockets and stored descriptors are passed from 3 on (sd_listen_fds(3)).
Found ready_fd_is_not_passed(const Config& config) {
    const auto fd = config.ready.fd;
    const unsigned kept = config.service.file_descriptor_store_max;
    const std::size_t sockets = number_of_sockets(config);
    if (!fd || *fd < 3 || *fd - 3 >= sockets + kept) {
        return std::nullopt;
    }
    if (sockets > 0) {
        return error_at(
            config, "ready.fd",
            concat("fd: sockets and stored descriptors are passed as 3 to ", 2 + sockets + kept));
    }
    return error_at(config, "ready.fd",
                    concat("fd: file-descriptor-store-max is ", kept,
                           ", so stored descriptors come back as 3 to ", 2 + kept));
}

Found ready_comes_in_time(const Config& config) {
    const TimeSpan timeout = timeout_start_of(config.service);
    const bool too_late = timeout.usec != 0 && config.ready.delay_sec >= timeout &&
                          !timeout.is_infinite() && config.ready.match == Match::all;
    if (!too_late) {
        return std::nullopt;
    }
    return error_at(
        config, "ready.delay-sec",
        "the service could never become ready: delay-sec must be shorter than timeout-start-sec");
}

/// It is ready once its processes have ended: the checks would never run.
Found oneshot_is_not_watched(const Config& config) {
    if (config.service.type != ServiceType::oneshot) {
        return std::nullopt;
    }
    if (is_watched(config.service.watchdog_sec)) {
        return error_at(config, "service.watchdog-sec",
                        "type 'oneshot' has exited once it is ready: there is nothing to watch");
    }
    for (const auto& key : keys_that_ask) {
        if (is_set(config, concat("health.", key))) {
            return error_at(
                config, concat("health.", key),
                "type 'oneshot' has exited once it is ready: there is nothing to check");
        }
    }
    return std::nullopt;
}

Found intervals_are_not_zero(const Config& config) {
    const std::pair<std::string_view, TimeSpan> spans[] = {
        {"ready.interval-sec", config.ready.interval_sec},
        {"health.interval-sec", config.health.interval_sec},
        {"health.timeout-sec", config.health.timeout_sec}};
    for (const auto& [key, span] : spans) {
        if (span.usec == 0) {
            return error_at(config, key, concat(key.substr(key.find('.') + 1), " must not be 0"));
        }
    }
    if (config.health.failures == 0) {
        return error_at(config, "health.failures", "failures must not be 0");
    }
    return std::nullopt;
}

Found notifications_are_heard(const Config& config) {
    const ServiceTable& service = config.service;
    const bool deaf = service.notify_access == NotifyAccess::none;
    const bool needs = is_watched(service.watchdog_sec) || service.file_descriptor_store_max > 0;
    if (!deaf || !needs) {
        return std::nullopt;
    }
    return error_at(config, "service.notify-access",
                    "notify-access 'none' ignores WATCHDOG=1 and FDSTORE=1");
}

Found a_store_has_room(const Config& config) {
    constexpr std::string_view key = "service.file-descriptor-store-preserve";
    if (!is_set(config, key) || config.service.file_descriptor_store_max > 0) {
        return std::nullopt;
    }
    return error_at(config, key, "nothing can be stored: file-descriptor-store-max is 0");
}

} // namespace

std::vector<Diagnostic> check_ready_rules(const Config& config) {
    std::vector<Diagnostic> out;
    for (const auto rule :
         {ready_names_a_condition, health_names_a_check, nobody_connects_by_udp, ready_fd_is_free,
          ready_fd_is_not_passed, ready_comes_in_time, oneshot_is_not_watched,
          intervals_are_not_zero, notifications_are_heard, a_store_has_room}) {
        if (Found found = rule(config)) {
            out.push_back(std::move(*found));
        }
    }
    return out;
}

} // namespace amphid
