// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/leftover.h"

#include "app/console.h"
#include "app/orphan.h"
#include "base/text.h"
#include "os/process.h"
#include "os/runtime_files.h"
#include "os/tree.h"
#include "supervisor/upstream.h"

namespace amphid {

/// Never inlined: its stack frame would be kept for the life of the service.
[[gnu::noinline]] void end_leftover(const Plan& plan, const State& left, NotifySender* manager,
                                    Log log) {
    log.write(LOG_WARNING,
              concat(plan.name, ": its launcher was killed; stopping its remaining processes: PID ",
                     list_of(Tree(left).members())));
    if (manager != nullptr && plan.announce == Announce::manager) {
        Upstream upstream(plan.announce, manager, {});
        upstream.ask_for_time(plan.policy.timeout_stop);
        upstream.status("Stopping processes that a killed launcher left");
    }
    stop_orphan_under_lock({{plan.config, plan.name}, plan.name, plan.paths.directory, false, {}},
                           left);
    const auto after = find_state(plan.paths.directory);
    if (after && !after->state.survivors.empty()) {
        throw Failure(ExitCode::failure,
                      concat(plan.name, ": could not kill PID ", after->state.survivors));
    }
    if (after && !after->state.left_running.empty()) {
        log.write(LOG_NOTICE, concat(plan.name, ": left running: PID ", after->state.left_running));
    }
    if (after && open_process(left.main)) {
        throw Failure(ExitCode::failure,
                      concat(plan.name, ": the main process of a killed launcher, PID ",
                             left.main.pid, ", is still running, as configured"));
    }
}

} // namespace amphid
