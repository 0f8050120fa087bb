// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/readiness.h"

#include "config/ready_rules.h"

#include <cstdint>

namespace amphid {

namespace {

template <class Out, class T>
void add(std::vector<Condition>& out, const OneOrMore<T>& values) {
    for (const T& value : values.list) {
        out.push_back(Out{value});
    }
}

/// dbus-daemon(1), sd_bus_default(3): the system bus of root's services, else the user's own.
std::string bus_address(const Host& host, Manager manager) {
    const bool system = manager == Manager::system || (manager == Manager::none && host.uid == 0);
    const auto given =
        variable(host, system ? "DBUS_SYSTEM_BUS_ADDRESS" : "DBUS_SESSION_BUS_ADDRESS");
    return given    ? std::string(*given)
           : system ? std::string("unix:path=/run/dbus/system_bus_socket")
                    : concat("unix:path=", variable(host, "XDG_RUNTIME_DIR").value_or(""), "/bus");
}

} // namespace

Readiness readiness_of(const ReadyTable& table, const Host& host, Manager manager) {
    Readiness out;
    add<Listens>(out.conditions, table.listen);
    add<Connects>(out.conditions, table.connect);
    add<Answers>(out.conditions, table.http);
    for (const Path& path : table.file.list) {
        out.conditions.push_back(Exists{path.text});
    }
    if (!table.dbus.text.empty()) {
        out.conditions.push_back(OwnsName{table.dbus.text, bus_address(host, manager)});
    }
    if (table.command) {
        out.conditions.push_back(Succeeds{*table.command});
    }
    if (!table.log.text.empty()) {
        out.conditions.push_back(Prints{table.log.text});
    }
    if (table.fd) {
        out.conditions.push_back(Writes{static_cast<int>(*table.fd)});
    }
    if (table.delay_sec.usec > 0) {
        out.conditions.push_back(Lives{table.delay_sec});
    }
    out.match = table.match;
    out.interval = table.interval_sec;
    return out;
}

Health health_of(const HealthTable& table) {
    Health out;
    if (table.command) {
        out.checks.push_back(Succeeds{*table.command});
    }
    add<Answers>(out.checks, table.http);
    add<Connects>(out.checks, table.connect);
    add<Listens>(out.checks, table.listen);
    out.interval = table.interval_sec;
    out.timeout = table.timeout_sec;
    out.failures = table.failures;
    return out;
}

TimeSpan watchdog_of_manager(const Host& host) {
    const auto usec = parse_number<std::int64_t>(variable(host, "WATCHDOG_USEC").value_or(""));
    const auto pid = variable(host, "WATCHDOG_PID");
    const bool ours = usec && *usec > 0 && (!pid || pid == concat(host.pid));
    return ours ? microseconds(*usec) : TimeSpan::infinity();
}

std::vector<std::string> names_of_given_descriptors(const Host& host) {
    const auto count = parse_number<std::size_t>(variable(host, "LISTEN_FDS").value_or(""));
    constexpr std::size_t most = 768; // systemd's NOTIFY_FD_MAX
    if (variable(host, "LISTEN_PID") != concat(host.pid) || !count || *count > most) {
        return {};
    }
    std::vector<std::string> out;
    for (const std::string_view name : split(variable(host, "LISTEN_FDNAMES").value_or(""), ':')) {
        out.emplace_back(name);
    }
    out.resize(*count, "unknown"); // libsystemd's name for one without a name
    return out;
}

std::string taken_ready_descriptor(const Plan& plan, const std::vector<std::string>& given) {
    if (plan.detach || given.empty()) {
        return {}; // a daemon gets none, and the rules check sockets and store
    }
    // Under systemd its store is used, and the stored descriptors are among the passed ones.
    const std::size_t kept =
        plan.sockets.size() + (is_stored_by_systemd(plan) ? 0 : plan.fd_store_max);
    for (const Condition& condition : plan.ready.conditions) {
        const auto* writes = std::get_if<Writes>(&condition);
        const auto index = writes != nullptr ? static_cast<std::size_t>(writes->fd - 3) : SIZE_MAX;
        if (index < given.size() + kept) {
            return concat(plan.name, ": [ready] fd = ", writes->fd, " is ",
                          index < given.size()
                              ? concat("the descriptor '", given[index], "' that systemd passes")
                              : std::string("a socket or a stored file descriptor"),
                          ": choose one from ", 3 + given.size() + kept, " on");
        }
    }
    return {};
}

NotifyAccess default_notify_access(const ServiceTable& service) {
    const bool notifies = is_notify(service.type) || is_watched(service.watchdog_sec) ||
                          service.file_descriptor_store_max > 0;
    return notifies ? NotifyAccess::main : NotifyAccess::none;
}

} // namespace amphid
