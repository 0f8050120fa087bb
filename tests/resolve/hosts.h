// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#pragma once

#include "plan/host.h"

namespace amphid {

// Hosts as a start may find them.

/// A shell of a person: not even a terminal's leftovers in its environment.
inline Host plain_host() {
    Host host;
    host.pid = 4711;
    host.uid = 0;
    host.environment = {"PATH=/bin", "HOME=/root"};
    host.working_directory = "/home/x";
    host.cgroup = "/user.slice/user-0.slice/session-1.scope";
    return host;
}

/// What systemd 248 and later gives the first process of a service.
inline Host systemd_service(bool user = false) {
    Host host = plain_host();
    host.systemd_booted = true;
    host.cgroup = "/system.slice/amphid@web.service";
    host.environment = {"PATH=/bin",
                        "LANG=C.UTF-8",
                        "NOTIFY_SOCKET=/run/systemd/notify",
                        "INVOCATION_ID=0123456789abcdef0123456789abcdef",
                        "JOURNAL_STREAM=8:1234",
                        "SYSTEMD_EXEC_PID=4711"};
    host.output_is_journal = true;
    host.error_is_journal = true;
    if (user) {
        host.uid = 1000;
        host.environment.emplace_back("MANAGERPID=900");
        host.environment.emplace_back("XDG_RUNTIME_DIR=/run/user/1000");
    }
    return host;
}

} // namespace amphid
