// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "config/in_place_rules.h"

#include "base/text.h"
#include "config/ready_rules.h"
#include "config/rules.h"
#include "config/schema.h"

namespace amphid {

namespace {

bool goes_through_us(const Output& output) {
    return output.kind == OutputKind::syslog || output.kind == OutputKind::log;
}

/// A key that needs a launcher, if its value is not one that asks for nothing.
struct Need {
    std::string_view key;
    bool (*asks)(const Config&);
};

constexpr Need needs[] = {
    {"launcher.signals", [](const Config& c) { return !c.launcher.signals.pairs.empty(); }},
    {"launcher.service-pid-file",
     [](const Config& c) { return !c.launcher.service_pid_file.text.empty(); }},
    {"service.type",
     [](const Config& c) {
         const ServiceType type = c.service.type;
         return !is_notify(type) && type != ServiceType::simple && type != ServiceType::exec &&
                type != ServiceType::idle;
     }},
    {"service.restart", [](const Config& c) { return c.service.restart != Restart::no; }},
    {"service.remain-after-exit", [](const Config& c) { return c.service.remain_after_exit; }},
    {"service.exec-condition",
     [](const Config& c) { return !c.service.exec_condition.list.empty(); }},
    {"service.exec-start-pre",
     [](const Config& c) { return !c.service.exec_start_pre.list.empty(); }},
    {"service.exec-start-post",
     [](const Config& c) { return !c.service.exec_start_post.list.empty(); }},
    {"service.exec-reload", [](const Config& c) { return !c.service.exec_reload.list.empty(); }},
    {"service.exec-stop-post",
     [](const Config& c) { return !c.service.exec_stop_post.list.empty(); }},
    {"service.on-success", [](const Config& c) { return !c.service.on_success.list.empty(); }},
    {"service.on-failure", [](const Config& c) { return !c.service.on_failure.list.empty(); }},
    {"service.runtime-max-sec",
     [](const Config& c) { return !c.service.runtime_max_sec.is_infinite(); }},
    {"service.drain-sec", [](const Config& c) { return c.service.drain_sec.usec != 0; }},
    {"service.watchdog-sec", [](const Config& c) { return is_watched(c.service.watchdog_sec); }},
    {"service.file-descriptor-store-max",
     [](const Config& c) { return c.service.file_descriptor_store_max != 0; }},
    {"service.standard-output",
     [](const Config& c) { return goes_through_us(c.service.standard_output); }},
    {"service.standard-error",
     [](const Config& c) { return goes_through_us(c.service.standard_error); }},
    {"log.file", [](const Config& c) { return !c.log.file.text.empty(); }},
};

} // namespace

std::vector<Diagnostic> check_in_place_rules(const Config& config) {
    std::vector<Diagnostic> out;
    if (config.launcher.supervise != Supervise::never) {
        return out;
    }
    const auto refuse = [&](std::string_view key) {
        out.push_back(*error_at(config, key,
                                concat(key.substr(key.find('.') + 1),
                                       " needs a launcher that stays with the service, but "
                                       "supervise is 'never'")));
    };
    for (const Need& need : needs) {
        if (need.asks(config)) {
            refuse(need.key);
        }
    }
    if (!config.sockets.empty()) {
        out.push_back(*error_at(config, origin_of_socket(0),
                                "[[socket]] needs a launcher that holds it, but supervise is "
                                "'never'"));
    }
    for (const std::string_view table : {"ready.", "health."}) {
        for (const std::string_view key : keys_that_ask) {
            if (const std::string whole = concat(table, key); is_set(config, whole)) {
                refuse(whole);
            }
        }
    }
    return out;
}

} // namespace amphid
