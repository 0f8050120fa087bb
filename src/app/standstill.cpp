// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/standstill.h"

#include "app/console.h"
#include "base/text.h"
#include "os/process.h"

#include <csignal>
#include <utility>

namespace amphid {

void Standstill::look(const Running& running) {
    if (!running.launcher || !running.found) {
        return;
    }
    const State& state = running.found->state;
    const auto stat = read_stat(state.launcher.pid);
    const bool stopped = stat && stat->state == 'T';
    const bool traced = stat && stat->state == 't';
    if ((stopped || traced) && !std::exchange(said_, true)) {
        print_error(concat(state.name, ": its launcher, PID ", state.launcher.pid,
                           stopped ? ", was stopped by a signal; continuing it"
                                   : ", is stopped by a tracer"));
    }
    if (stopped) {
        send_signal_as(running.found->owner, running.launcher, SIGCONT);
    }
}

} // namespace amphid
