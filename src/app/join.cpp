// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/join.h"

#include "app/console.h"
#include "app/launcher.h"
#include "app/progress.h"
#include "base/text.h"
#include "os/process.h"

namespace amphid {

namespace {

Verdict already_running(const Plan& plan, const State& state) {
    std::string text =
        concat(plan.name, ": already running (PID ", state.launcher.pid, ", main PID ",
               state.main.pid, state.unit.empty() ? "" : concat(", unit ", state.unit), ")");
    if (plan.detach) {
        return {ExitCode::success, text + '\n'};
    }
    return {ExitCode::failure, concat("amphid: ", text, '\n')};
}

/// Nobody holds the lock, but a launcher that was killed left its service running: a second copy
/// beside it is what must never be.
void refuse_orphan(const Plan& plan, const Fd& directory) {
    const auto found = find_state(directory);
    if (found && open_process(found->state.main)) {
        throw Failure(ExitCode::failure,
                      concat(plan.name, ": its launcher was killed, but its main process ",
                             found->state.main.pid, " still runs; end it first: kill ",
                             found->state.main.pid));
    }
}

} // namespace

std::variant<Fd, Verdict> lock_or_join(const Plan& plan, const Fd& directory) {
    Lock lock(directory.get());
    if (lock.try_acquire()) {
        refuse_orphan(plan, directory);
        return lock.take();
    }
    Progress progress(concat(plan.name, ": waiting for another start of it"));
    Watch watch(plan.paths.directory);
    for (;;) {
        if (lock.try_acquire()) {
            const auto found = find_state(directory);
            if (found && found->state.state == ServiceState::failed) {
                return Verdict{ExitCode::failure,
                               concat("amphid: another start of ", plan.name, " failed (result '",
                                      name_of(found->state.result), "')\n")};
            }
            refuse_orphan(plan, directory);
            return lock.take();
        }
        const Running other = look_at(plan.paths.directory);
        if (other.launcher && other.found->state.config != plan.config) {
            throw Failure(ExitCode::failure,
                          concat("the name ", plan.name, " is taken by ", other.found->state.config,
                                 " (PID ", other.found->state.launcher.pid, ")"));
        }
        if (other.launcher && (other.found->state.ready_usec != 0 || !plan.detach)) {
            return already_running(plan, other.found->state);
        }
        if (!watch.wait(other.launcher, progress.interval_ms())) {
            progress.show();
        }
    }
}

} // namespace amphid
