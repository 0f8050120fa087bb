// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "resolve/mode.h"

#include "base/text.h"

#include <algorithm>

namespace amphid {

namespace {

/// The systemd that executed this very process: SYSTEMD_EXEC_PID (systemd.exec(5)) is the only
/// proof.
Manager manager_of(const Host& host) {
    if (host.pid == 1 && !variable(host, "INVOCATION_ID")) {
        return Manager::none; // any PID namespace has a process 1
    }
    return executing_manager(host);
}

std::string asked_finding(Asked asked) {
    switch (asked) {
    case Asked::nothing:
        return "not given";
    case Asked::daemon:
        return "--daemon";
    case Asked::foreground:
        return "--foreground or run";
    }
    return {};
}

std::string exec_pid_finding(const Host& host) {
    const auto pid = variable(host, "SYSTEMD_EXEC_PID");
    return pid ? concat("SYSTEMD_EXEC_PID=", *pid, ", our PID is ", host.pid)
               : "SYSTEMD_EXEC_PID is not set";
}

std::vector<std::string> worthless_evidence(const Host& host) {
    std::vector<std::string> out;
    for (const std::string_view name : {"NOTIFY_SOCKET", "INVOCATION_ID", "JOURNAL_STREAM"}) {
        if (variable(host, name)) {
            out.push_back(concat(name, " is set: shells and terminals inherit it"));
        }
    }
    if (host.systemd_booted) {
        out.emplace_back(
            "/run/systemd/system exists: this machine runs systemd, which may not have started us");
    }
    if (!host.container_marker.empty()) {
        out.push_back(concat(host.container_marker,
                             " exists: it is left behind in machines made from images"));
    }
    return out;
}

} // namespace

const Evidence& Decision::deciding() const {
    return *std::find_if(rows.begin(), rows.end(), [](const Evidence& row) { return row.matches; });
}

Decision decide_mode(const Host& host, Asked asked, ModeChoice configured) {
    Decision out;
    const Manager manager = manager_of(host);
    out.rows = {
        {"command line", asked_finding(asked), asked != Asked::nothing,
         asked == Asked::daemon ? Mode::daemon : Mode::foreground},
        {"[launcher] mode", std::string(name_of(configured)), configured != ModeChoice::automatic,
         configured == ModeChoice::daemon ? Mode::daemon : Mode::foreground},
        {"we are PID 1", concat("our PID is ", host.pid), host.pid == 1, Mode::foreground},
        {"systemd executed us", exec_pid_finding(host), manager != Manager::none, Mode::foreground},
        {"otherwise", "", true, Mode::daemon},
    };
    out.mode = out.deciding().outcome;
    out.manager = out.mode == Mode::foreground ? manager : Manager::none;
    out.we_are_pid_1 = host.pid == 1;
    out.proves_nothing = worthless_evidence(host);
    if (manager == Manager::none && host.exec_pid_shares_cgroup && out.mode == Mode::daemon) {
        out.warnings.push_back(
            concat("systemd executed PID ", *variable(host, "SYSTEMD_EXEC_PID"),
                   " of our own unit, not us: a wrapper script should `exec amphid`"));
    }
    return out;
}

} // namespace amphid
