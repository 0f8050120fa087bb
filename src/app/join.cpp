// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The amphid authors
#include "app/join.h"

#include "app/console.h"
#include "app/progress.h"
#include "app/running_service.h"
#include "base/text.h"
#include "os/cgroup.h"
#include "os/process.h"

#include <unistd.h>

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

void refuse_other_file(const Plan& plan, const State& state) {
    if (!is_same_file(state.config, plan.config)) {
        throw Failure(ExitCode::failure, words_of_a_taken_name(plan.name, state));
    }
}

/// What the last launcher left where it was killed: its service, beside which a second copy must
/// never be, or no more than files.
Locked settle_the_past(const Plan& plan, const Fd& directory, bool adopts, Fd lock) {
    Locked out{std::move(lock), {}, {}};
    Running past;
    past.found = find_state(directory);
    if (past.found && !is_active(past.found->state.state)) {
        return out;
    }
    if (auto left = find_orphan(past)) {
        refuse_other_file(plan, *left);
        if (left->mode == Mode::foreground) {
            out.leftover = std::move(left);
            return out;
        }
        if (!adopts || !plan.detach) {
            throw Failure(ExitCode::failure, words_of_an_orphan(*left));
        }
        out.orphan = std::move(left);
    }
    tidy_after_launcher(directory, past.found ? &past.found->state : nullptr);
    if (!out.orphan) {
        Cgroup::sweep(plan.name);
    }
    return out;
}

} // namespace

std::variant<Locked, Verdict> lock_or_join(const Plan& plan, const Fd& directory, bool adopts) {
    Lock lock(directory.get());
    if (lock.try_acquire()) {
        return settle_the_past(plan, directory, adopts, lock.take());
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
            return settle_the_past(plan, directory, adopts, lock.take());
        }
        const Running other = look_at(plan.paths.directory);
        if (other.launcher) {
            refuse_other_file(plan, other.found->state);
        }
        const bool ready = other.launcher && is_active(other.found->state.state) &&
                           other.found->state.ready_usec != 0;
        if (ready || (other.launcher && !plan.detach)) {
            return already_running(plan, other.found->state);
        }
        if (!watch.wait(other.launcher, progress.interval_ms())) {
            progress.show();
        }
    }
}

} // namespace amphid
