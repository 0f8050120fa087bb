// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/log_reopen.h"

#include "app/running_service.h"
#include "app/started_service.h"
#include "os/process.h"

#include <csignal>

namespace amphid {

void reopen_log(const std::string& service, const Host& host) {
    const KnownService known = find_started_service(service, host);
    require_known(known, host);
    const Running running = glance_at(known.directory);
    if (running.launcher) {
        send_signal_as(running.found->owner, running.launcher, SIGCONT, look_word);
    }
}

} // namespace amphid
